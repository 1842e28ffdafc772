#include "services/notification/domain/offer_message_rules.h"

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "common/time/clock.h"

#include <array>

namespace dm::notification {
namespace {

using K = MessageKind;

// For how long a step is news. Keeps a replay of the feed from sending the mails of the past, and a
// contact that comes late from being greeted with them.
constexpr absl::Duration kIsNews = absl::Hours(7 * 24);

bool IsAgency(OfferActor actor) {
  return actor == OfferActor::kAgency || actor == OfferActor::kOperator;
}

// What somebody who answers for the territory decided.
struct Decision {
  absl::string_view from_state;
  absl::string_view to_state;
  MessageKind kind;
};

constexpr std::array kDecisions = {
    Decision{"SUBMITTED", "PUBLISHED", K::kOfferApproved},
    Decision{"SUBMITTED", "DRAFT", K::kOfferRejected},
    Decision{"PUBLISHED", "SUSPENDED", K::kOfferSuspended},
    Decision{"SUSPENDED", "PUBLISHED", K::kOfferResumed},
};

OfferMessage AboutOffer(const OfferStep& step, const std::string& recipient, MessageKind kind) {
  return {.cause = step.event_id,
          .planned = {.recipient = recipient, .kind = kind, .useless_after = step.time + kIsNews},
          .resource = step.offer,
          .version = step.version,
          .title = step.title,
          .time = step.time};
}

// One message for all that have the same cause.
OfferMessage AboutMany(const OfferStep& step, const std::string& recipient, MessageKind kind,
                       absl::string_view cause) {
  OfferMessage message = AboutOffer(step, recipient, kind);
  message.cause = SharedCauseUuid(cause);
  message.resource.clear();
  message.version.reset();
  message.title.clear();
  return message;
}

std::optional<OfferMessage> SubmissionFor(const OfferStep& step) {
  const std::string agency = AgencyOf(step.department);
  switch (step.actor) {
    case OfferActor::kHost:
    case OfferActor::kOperator:
      return AboutOffer(step, agency, K::kOfferSubmitted);
    case OfferActor::kPartner: {
      const absl::CivilDay day = absl::ToCivilDay(step.time, ParisTimeZone());
      return AboutMany(step, agency, K::kPartnerOffersSubmitted,
                       absl::StrCat(agency, "\n", absl::FormatCivilTime(day)));
    }
    default:
      return std::nullopt;
  }
}

}  // namespace

std::string AgencyOf(const std::string& department) {
  return absl::StrCat("agencies/", department);
}

std::optional<OfferMessage> MessageFor(const OfferStep& step) {
  if (step.from_state == step.to_state) return std::nullopt;
  if (step.to_state == "SUBMITTED") return SubmissionFor(step);
  if (step.reason == "COMPANY_BANNED") {
    // All offers that a ban takes out of sight go at the same moment.
    return AboutMany(step, step.company, K::kCompanyBanned,
                     absl::StrCat(step.company, "\n", absl::ToUnixMicros(step.time)));
  }
  if (!IsAgency(step.actor) || step.reason == "IMPORTED") return std::nullopt;
  for (const Decision& decision : kDecisions) {
    if (decision.from_state == step.from_state && decision.to_state == step.to_state) {
      return AboutOffer(step, step.company, decision.kind);
    }
  }
  return std::nullopt;
}

OfferMessage MessageFor(const ReportedOffer& reported) {
  return {.cause = reported.event_id,
          .planned = {.recipient = AgencyOf(reported.department),
                      .kind = K::kOfferReported,
                      .useless_after = reported.time + kIsNews},
          .resource = reported.report,
          .version = std::nullopt,
          .title = "",
          .time = reported.time};
}

}  // namespace dm::notification
