#include "services/catalogue/domain/offer_rules.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include <algorithm>

namespace dm::catalogue {
std::optional<OfferParty> PartyOf(const Mandate& mandate, const std::string& siret,
                                  const std::string& department) {
  if (mandate.everywhere) return OfferParty::kOperator;
  if (mandate.ForDepartment(department)) return OfferParty::kAgency;
  if (mandate.ForCompany(siret)) return OfferParty::kHost;
  return std::nullopt;
}

std::vector<OfferFacts::Lack> LacksOf(const Offer& offer, bool profession_obsolete,
                                      absl::Time now) {
  std::vector<OfferFacts::Lack> lacks;
  if (offer.title.empty()) lacks.push_back({"title", "un titre"});
  if (Characters(offer.description) < kShortestSubmittedDescription) {
    lacks.push_back({"description", "une description d'au moins 30 caractères"});
  }
  if (offer.audiences.empty()) lacks.push_back({"audiences", "au moins un public"});
  if (offer.rome_code.empty() || profession_obsolete) {
    lacks.push_back({"profession", "un métier du ROME actuel"});
  }
  const bool to_come =
      std::any_of(offer.sessions.begin(), offer.sessions.end(), [now](const Session& session) {
        return session.start > now && !session.closed && !session.cancel_time.has_value();
      });
  if (!to_come) lacks.push_back({"sessions", "au moins une date à venir"});
  return lacks;
}

OfferFacts FactsOf(const OfferRecord& record, absl::Time now) {
  return {.company_banned = record.company.banned,
          .company_closed = record.company.closed_since.has_value(),
          .decided_by = record.decided_by,
          .lacks = LacksOf(record.offer, record.profession_obsolete, now)};
}

OfferContent ContentOf(const Offer& offer) {
  return {.rome_code = offer.rome_code,
          .appellation = offer.appellation,
          .title = offer.title,
          .description = offer.description,
          .audiences = offer.audiences,
          .instant_confirmation = offer.instant_confirmation,
          .demonstration = offer.demonstration,
          .accessibility = offer.accessibility,
          .work_mode = offer.work_mode,
          .languages = offer.languages,
          .hours = offer.hours,
          .supervision = offer.supervision,
          .to_bring = offer.to_bring,
          .reserved_schools = offer.reserved_schools,
          .priority_areas_only = offer.priority_areas_only,
          .site = offer.site};
}

void SetContent(const OfferContent& content, Offer* offer) {
  offer->rome_code = content.rome_code;
  offer->appellation = content.appellation;
  offer->title = content.title;
  offer->description = content.description;
  offer->audiences = content.audiences;
  offer->instant_confirmation = content.instant_confirmation;
  offer->demonstration = content.demonstration;
  offer->accessibility = content.accessibility;
  offer->work_mode = content.work_mode;
  offer->languages = content.languages;
  offer->hours = content.hours;
  offer->supervision = content.supervision;
  offer->to_bring = content.to_bring;
  offer->reserved_schools = content.reserved_schools;
  offer->priority_areas_only = content.priority_areas_only;
  offer->site = content.site;
}

void CheckSession(absl::string_view field, const SessionContent& session, absl::Time now,
                  Violations& violations) {
  if (session.start <= now) violations.Add(absl::StrCat(field, ".start_time"), "must be to come");
  if (session.end <= session.start || session.end - session.start > kLongestSession) {
    violations.Add(absl::StrCat(field, ".end_time"), "must be after the start, by at most 31 days");
  }
  if (session.capacity < 1 || session.capacity > kGreatestCapacity) {
    violations.Add(absl::StrCat(field, ".capacity"), "must be from 1 to 500");
  }
}

bool ChangesWhatWasRead(const OfferContent& before, const OfferContent& after) {
  return before.title != after.title || before.description != after.description ||
         before.rome_code != after.rome_code || before.appellation != after.appellation ||
         before.audiences != after.audiences || before.supervision != after.supervision ||
         before.to_bring != after.to_bring;
}

absl::Status CheckStaysWhole(const OfferRecord& before, const OfferRecord& after, absl::Time now) {
  if (before.offer.state == OfferState::kDraft) return absl::OkStatus();
  const auto lacked = FactsOf(before, now).lacks;
  std::vector<OfferFacts::Lack> fresh;
  for (const OfferFacts::Lack& lack : FactsOf(after, now).lacks) {
    const bool known = std::any_of(lacked.begin(), lacked.end(),
                                   [&](const auto& other) { return other.field == lack.field; });
    if (!known) fresh.push_back(lack);
  }
  return fresh.empty() ? absl::OkStatus() : IncompleteOffer(before.Name(), fresh);
}

// Every byte but those that go on with a character.
size_t Characters(absl::string_view utf8) {
  return static_cast<size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char byte) { return (byte & '\xC0') != '\x80'; }));
}

std::string EtagOf(int64_t version) { return absl::StrCat("v", version); }

int64_t ParseEtag(absl::string_view etag) {
  int64_t version = 0;
  // Over HTTP an etag comes in quotes.
  if (absl::ConsumePrefix(&etag, "\"")) absl::ConsumeSuffix(&etag, "\"");
  if (!absl::ConsumePrefix(&etag, "v") || !absl::SimpleAtoi(etag, &version)) return -1;
  return version;
}

absl::Status EtagMismatch(absl::string_view resource) {
  return MakeError(absl::StatusCode::kAborted,
                   absl::StrCat("the etag is not the current one: ", resource),
                   {.reason = "ETAG_MISMATCH",
                    .metadata = {{"resource", std::string(resource)}},
                    .message_fr = "Quelqu'un vient de le modifier. Relisez-le, puis recommencez.",
                    .message_en = "Somebody has just changed it. Read it again and retry."});
}

absl::Status CheckEtag(absl::string_view etag, int64_t version, absl::string_view resource) {
  if (etag.empty() || ParseEtag(etag) == version) return absl::OkStatus();
  return EtagMismatch(resource);
}

}  // namespace dm::catalogue
