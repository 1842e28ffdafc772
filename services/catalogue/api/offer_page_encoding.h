#pragma once

#include "absl/time/time.h"
#include "destinationmetier/catalogue/v1/catalogue_service.pb.h"
#include "services/catalogue/domain/offer.h"
#include "services/catalogue/domain/search_rules.h"
#include "services/catalogue/search/offer_paging.h"
#include "services/catalogue/search/shown_offer.h"

#include <optional>
#include <string>
#include <utility>

// Pages of a search as bytes of SearchOffersResponse. Messages of Protobuf may be written one after
// the other to be merged, a message as parts too (https://protobuf.dev/programming-guides/encoding,
// "Last One Wins"), so what an offer always says is encoded once and then copied.
namespace dm::catalogue {

// Of an offer with all its sessions to come.
search::ShownOffer Encode(const Offer& offer);

// Adds an offer to a SearchOffersResponse, with at most kMostSessionsShown of its sessions.
void AppendOffer(const search::ShownOffer& offer, const search::OfferPage& page,
                 const std::optional<Around>& around, std::string* response);

// An encoded SearchOffersResponse, in the place of the message where answers are kept as bytes.
class EncodedOfferPage {
 public:
  EncodedOfferPage(std::string bytes, bool nothing_found, absl::Time steady_until)
      : bytes_(std::move(bytes)), nothing_found_(nothing_found), steady_until_(steady_until) {}

  const std::string& SerializeAsString() const { return bytes_; }
  bool nothing_found() const { return nothing_found_; }
  // While nothing changes, the page stays as it is until then.
  absl::Time steady_until() const { return steady_until_; }
  destinationmetier::catalogue::v1::SearchOffersResponse Parsed() const {
    destinationmetier::catalogue::v1::SearchOffersResponse response;
    response.ParseFromString(bytes_);
    return response;
  }

 private:
  std::string bytes_;
  bool nothing_found_;
  absl::Time steady_until_;
};

}  // namespace dm::catalogue
