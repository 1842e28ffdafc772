#include "services/ambassador/store/person_erasure.h"

namespace dm::ambassador::store {
namespace {

using database::Statement;

constexpr Statement kCancelled{"forget_who_cancelled", R"sql(
  UPDATE sessions SET cancelled_by = 'erased', cancel_reason = ''
  WHERE cancelled_by = ANY ($1::text[])
)sql"};

constexpr Statement kAnswers{"forget_answers_to",
                             "DELETE FROM answered_requests WHERE caller = ANY ($1::text[])"};

constexpr Statement kReads{
    "forget_profile_readers",
    "UPDATE profile_reads SET reader = 'erased' WHERE reader = ANY ($1::text[])"};

constexpr Statement kRecordRead{"record_profile_read", R"sql(
  INSERT INTO profile_reads (ambassador, reader, at)
  SELECT id, $2, dm_time($3) FROM ambassadors
  WHERE id = (substring($1 FROM '^ambassadors/([0-9a-f-]{36})$'))::uuid
)sql"};

}  // namespace

void ForgetPeople(database::Transaction& transaction, const std::vector<std::string>& people) {
  if (people.empty()) return;
  transaction.Exec(kCancelled, people);
  transaction.Exec(kReads, people);
  transaction.Exec(kAnswers, people);
}

void RecordProfileRead(database::Transaction& transaction, const std::string& party,
                       const std::string& reader, absl::Time now) {
  transaction.Exec(kRecordRead, party, reader, database::ToMicros(now));
}

}  // namespace dm::ambassador::store
