#include "common/events/outbox.h"

#include "common/text/uuid.h"

#include <utility>

namespace dm::events {
namespace {

constexpr database::Statement kAppendToOutbox{"append_to_outbox", R"sql(
  WITH counter AS (
    UPDATE outbox_counter SET seq = seq + cardinality($1::uuid[]) RETURNING seq
  )
  INSERT INTO outbox (seq, id, type, subject, payload, recorded, traceparent)
  SELECT counter.seq - cardinality($1::uuid[]) + event.nth, event.id, event.type, event.subject,
         event.payload, dm_time($5), event.traceparent
  FROM counter, unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $6::text[])
                  WITH ORDINALITY AS event (id, type, subject, payload, traceparent, nth)
)sql"};

}  // namespace

NewEvent MakeEvent(std::string subject, const google::protobuf::Message& payload,
                   std::string traceparent) {
  return {std::move(subject), payload.GetDescriptor()->full_name(), payload.SerializeAsString(),
          std::move(traceparent)};
}

void AppendToOutbox(database::Transaction& transaction, const std::vector<NewEvent>& events,
                    absl::string_view traceparent, absl::Time now) {
  if (events.empty()) return;
  std::vector<std::string> ids;
  std::vector<std::string> types;
  std::vector<std::string> subjects;
  std::vector<std::string> payloads;
  std::vector<std::string> traces;
  for (const NewEvent& event : events) {
    ids.push_back(NewUuid(now));
    types.push_back(event.type);
    subjects.push_back(event.subject);
    payloads.push_back(database::ToBytea(event.payload));
    traces.push_back(event.traceparent.empty() ? std::string(traceparent) : event.traceparent);
  }
  transaction.Exec(kAppendToOutbox, ids, types, subjects, payloads, database::ToMicros(now),
                   traces);
}

}  // namespace dm::events
