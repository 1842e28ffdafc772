#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/catalogue/domain/company.h"
#include "services/catalogue/domain/offer_record.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What agencies decide on companies and on what people report of their offers.
namespace dm::catalogue {

constexpr size_t kLongestReportText = 1000;
constexpr size_t kLongestReportNote = 1000;
constexpr size_t kLongestSiteName = 120;
constexpr size_t kLongestSiteKey = 40;
constexpr size_t kLongestStreet = 200;

// A ban, running or lifted.
struct CompanyBan {
  std::string siret;
  std::string justification;
  absl::Time from;
  // Absent for as long as nobody lifts it.
  std::optional<absl::Time> until;
  std::optional<absl::Time> lifted;
};

// What a company has set, and what was decided on it.
struct CompanySettings {
  CompanyStanding standing;
  // Requests that it got this month.
  int requests = 0;
  // In the order of their keys.
  std::vector<Site> sites;
  // The running one.
  std::optional<CompanyBan> ban;
};

// The numbers are stored and are those of the proto's OfferReport.Ground and Outcome.
enum class ReportGround : uint8_t {
  kDiscriminatory = 1,
  kDisguisedWork = 2,
  kDangerous = 3,
  kMisleading = 4,
  kInappropriate = 5,
  kOther = 6,
};
enum class ReportOutcome : uint8_t { kFounded = 1, kUnfounded = 2 };

// What somebody reported of an offer.
struct OfferReport {
  // UUIDv7.
  std::string id;
  std::string offer;
  std::string siret;
  // The agency of this département answers it.
  std::string department;
  ReportGround ground = ReportGround::kOther;
  // In the person's words.
  std::string text;
  // "people/{subject}", or what an erased person is called.
  std::string reporter;
  absl::Time create_time;
  // Together, once it was answered.
  std::optional<absl::Time> resolve_time;
  std::optional<ReportOutcome> outcome;
  std::string note;

  std::string Name() const { return "offerReports/" + id; }
};

bool IsSiteKey(absl::string_view text);

// Whether the agency, or an operator, decides on a company: its host may know of it and no more.
bool Moderates(std::optional<OfferParty> party);

absl::Status OfferReported(absl::string_view offer_name);
absl::Status ReportResolved(absl::string_view report_name);
// ABORTED with reason ETAG_MISMATCH.
absl::Status SettingsChanged(absl::string_view settings_name);
// An offer names the site, so that it cannot be left out.
absl::Status SiteInUse(absl::string_view site_name);

}  // namespace dm::catalogue
