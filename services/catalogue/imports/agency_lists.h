#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/catalogue/imports/source_table.h"

#include <string>
#include <vector>

// The agency's own lists; README.md describes the columns. Parsing is pure: whether a code that a
// row names exists is for the store to know.
namespace dm::catalogue {

struct CompanyRow {
  Origin origin;
  std::string siret;
  std::string display_name;
  std::string description;
  std::string naf_code;
  // "NAFRev2" or "NAF2025".
  std::string naf_nomenclature;
  // In ascending order, each once.
  std::vector<std::string> sectors;
  std::string street;
  std::string postal_code;
  std::string commune_code;
  std::string website;
  bool demonstration = false;
};

struct OfferRow {
  Origin origin;
  std::string siret;
  // The company's own name for the offer.
  std::string key;
  std::string rome_code;
  std::string title;
  std::string description;
  // Numbers of destinationmetier.type.v1.Audience, in ascending order, each once.
  std::vector<int> audiences;
  bool accessible = false;
  bool instant_confirmation = false;
  bool demonstration = false;
  bool published = true;
};

struct SessionRow {
  Origin origin;
  std::string siret;
  std::string key;
  absl::Time start;
  absl::Time end;
  int capacity = 0;
  bool closed = false;
};

struct OfferLists {
  std::vector<OfferRow> offers;
  std::vector<SessionRow> sessions;
};

// What a clerk should know of files that were read all the same goes into `warnings`, unless null.
absl::StatusOr<std::vector<CompanyRow>> ParseCompanies(
    const std::vector<SourceFile>& files, std::vector<std::string>* warnings = nullptr);
// Offers, sessions or both; an upload of sessions alone adds dates to offers that are there.
absl::StatusOr<OfferLists> ParseOffers(const std::vector<SourceFile>& files,
                                       std::vector<std::string>* warnings = nullptr);

}  // namespace dm::catalogue
