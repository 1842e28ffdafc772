#pragma once

#include "absl/time/time.h"
#include "common/errors/error.h"
#include "services/catalogue/domain/mandate.h"
#include "services/catalogue/domain/offer.h"
#include "services/catalogue/domain/offer_record.h"
#include "services/catalogue/domain/offer_states.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What an offer must be, and who answers for it.
namespace dm::catalogue {

constexpr size_t kLongestOfferTitle = 200;
constexpr size_t kLongestOfferDescription = 5000;
constexpr size_t kShortestSubmittedDescription = 30;
constexpr size_t kLongestOfferKey = 40;
constexpr size_t kMostWrittenSessions = 50;
constexpr size_t kShortestReason = 10;
constexpr size_t kLongestReason = 1000;
constexpr size_t kShortestJustification = 20;
constexpr size_t kLongestJustification = 2000;
constexpr size_t kMostSites = 50;
constexpr int kGreatestQuota = 500;
constexpr int kGreatestCapacity = 500;
constexpr absl::Duration kLongestSession = absl::Hours(24 * 31);

// As what somebody acts on the offers of a company; absent for who may not know of them.
std::optional<OfferParty> PartyOf(const Mandate& mandate, const std::string& siret,
                                  const std::string& department);

// What an offer lacks to be handed in, all at once.
std::vector<OfferFacts::Lack> LacksOf(const Offer& offer, bool profession_obsolete, absl::Time now);

// What a step of it is decided by.
OfferFacts FactsOf(const OfferRecord& record, absl::Time now);

// What somebody wrote in it.
OfferContent ContentOf(const Offer& offer);
void SetContent(const OfferContent& content, Offer* offer);

// `field` is the path of the session. Of a session that starts in the past nothing can be written.
void CheckSession(absl::string_view field, const SessionContent& session, absl::Time now,
                  Violations& violations);

// Whether an edit changes what the agency has read before it published: every text that minors
// read, and whom the offer is for.
bool ChangesWhatWasRead(const OfferContent& before, const OfferContent& after);

// Past a draft nothing is taken away that was there and must be: OFFER_INCOMPLETE with what would
// be missing. What an offer from a list never said stays its own affair.
absl::Status CheckStaysWhole(const OfferRecord& before, const OfferRecord& after, absl::Time now);

// Code points, not bytes.
size_t Characters(absl::string_view utf8);

// "v7", and back; -1 for what is none.
std::string EtagOf(int64_t version);
int64_t ParseEtag(absl::string_view etag);

// ABORTED: somebody else was first.
absl::Status EtagMismatch(absl::string_view resource);

// OK for an empty etag and the current one, else ABORTED with reason ETAG_MISMATCH.
absl::Status CheckEtag(absl::string_view etag, int64_t version, absl::string_view resource);

}  // namespace dm::catalogue
