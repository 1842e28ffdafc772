#include "common/privacy/erasure_events.h"

#include "absl/strings/str_cat.h"
#include "common/events/event.h"
#include "common/events/outbox.h"
#include "destinationmetier/event/v1/person_events.pb.h"

namespace dm::privacy {
namespace {

namespace pb = destinationmetier::event::v1;

template <typename Payload>
absl::StatusOr<std::vector<std::pair<Payload, std::string>>> PayloadsIn(EventSpan events) {
  std::vector<std::pair<Payload, std::string>> payloads;
  for (const pb::Event& event : events) {
    if (!event.data().Is<Payload>()) continue;
    auto& [payload, source] = payloads.emplace_back(Payload(), event.source());
    if (!event.data().UnpackTo(&payload)) {
      return absl::InternalError(absl::StrCat("event ", event.id(), " cannot be read"));
    }
  }
  return payloads;
}

}  // namespace

std::string TombstoneType() { return pb::PersonErased::descriptor()->full_name(); }
std::string ConfirmationType() { return pb::PersonErasureConfirmed::descriptor()->full_name(); }

absl::StatusOr<std::vector<Tombstone>> TombstonesIn(EventSpan events) {
  const auto payloads = PayloadsIn<pb::PersonErased>(events);
  if (!payloads.ok()) return payloads.status();
  std::vector<Tombstone> tombstones;
  for (const auto& [payload, source] : *payloads) {
    if (!payload.person().empty()) tombstones.push_back({payload.person(), payload.erasure()});
  }
  return tombstones;
}

std::vector<std::string> PeopleOf(const std::vector<Tombstone>& tombstones) {
  std::vector<std::string> people;
  for (const Tombstone& tombstone : tombstones) people.push_back(tombstone.person);
  return people;
}

void AppendTombstone(database::Transaction& transaction, const Tombstone& tombstone,
                     absl::Time now) {
  pb::PersonErased erased;
  erased.set_person(tombstone.person);
  erased.set_erasure(tombstone.erasure);
  events::AppendToOutbox(transaction, {events::MakeEvent(tombstone.person, erased)}, "", now);
}

void AppendConfirmations(database::Transaction& transaction,
                         const std::vector<Tombstone>& tombstones, absl::Time now) {
  std::vector<events::NewEvent> news;
  for (const Tombstone& tombstone : tombstones) {
    if (tombstone.erasure.empty()) continue;
    pb::PersonErasureConfirmed confirmed;
    confirmed.set_erasure(tombstone.erasure);
    news.push_back(events::MakeEvent(tombstone.erasure, confirmed));
  }
  events::AppendToOutbox(transaction, news, "", now);
}

absl::StatusOr<std::vector<Confirmation>> ConfirmationsIn(EventSpan events) {
  const auto payloads = PayloadsIn<pb::PersonErasureConfirmed>(events);
  if (!payloads.ok()) return payloads.status();
  std::vector<Confirmation> confirmations;
  for (const auto& [payload, source] : *payloads) {
    confirmations.push_back({payload.erasure(), source});
  }
  return confirmations;
}

}  // namespace dm::privacy
