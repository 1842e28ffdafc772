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

}  // namespace

void ForgetPeople(database::Transaction& transaction, const std::vector<std::string>& people) {
  if (people.empty()) return;
  transaction.Exec(kCancelled, people);
  transaction.Exec(kAnswers, people);
}

}  // namespace dm::ambassador::store
