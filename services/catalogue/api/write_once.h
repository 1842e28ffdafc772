#pragma once

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/events/event.h"
#include "common/events/outbox.h"
#include "common/requests/answered_requests.h"
#include "common/rpc/call.h"
#include "common/time/clock.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace dm::catalogue {

// A write that a client may repeat by its request_id, in the parts that differ from method to
// method. All of them run in one transaction, in this order; a repeated call runs `replay` alone.
template <typename Message>
struct WriteOnce {
  requests::WriteRequest request;
  std::function<absl::StatusOr<Message>(database::Transaction&, absl::Time now)> write;
  // What is kept of the answer: nothing that a person wrote.
  std::function<std::string(const Message&)> keep;
  // What is to be told; tells the readers in memory too, so it comes last. May be null.
  std::function<std::vector<events::NewEvent>(database::Transaction&, absl::Time now)> tell;
  // The first answer again, from what was kept.
  std::function<absl::StatusOr<Message>(database::Transaction&, const std::string& kept)> replay;
};

// `on_events` runs after the commit when something was told.
template <typename Message>
absl::StatusOr<Message> RunWrite(database::Database* database, const Clock* clock,
                                 const rpc::Call& call, const WriteOnce<Message>& once,
                                 const std::function<void()>& on_events) {
  bool told = false;
  const auto run = [&](database::Transaction& transaction) -> absl::StatusOr<Message> {
    // As exact as what is kept, so that it reads the same ever after.
    const absl::Time now = database::FromMicros(database::ToMicros(clock->Now()));
    told = false;
    const auto earlier = requests::ClaimRequest(transaction, once.request, now);
    if (!earlier.ok()) return earlier.status();
    if (earlier->has_value()) return once.replay(transaction, **earlier);
    absl::StatusOr<Message> message = once.write(transaction, now);
    if (!message.ok()) return message;
    requests::KeepAnswer(transaction, once.request, once.keep(*message), now);
    if (!once.tell) return message;
    const std::vector<events::NewEvent> news = once.tell(transaction, now);
    told = !news.empty();
    events::AppendToOutbox(transaction, news, call.traceparent, now);
    return message;
  };
  absl::StatusOr<Message> answer = database->Write(call.deadline, run);
  if (answer.ok() && told) on_events();
  return answer;
}

}  // namespace dm::catalogue
