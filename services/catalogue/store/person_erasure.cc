#include "services/catalogue/store/person_erasure.h"

namespace dm::catalogue {
namespace {

using database::Statement;

// Of several people who reported one offer, each stays somebody.
constexpr Statement kReports{"forget_reporters", R"sql(
UPDATE offer_reports SET reporter = 'erased/' || id, text = '' WHERE reporter = ANY ($1::text[])
)sql"};

constexpr Statement kResolved{"forget_resolvers", R"sql(
UPDATE offer_reports SET resolved_by = 'erased' WHERE resolved_by = ANY ($1::text[])
)sql"};

constexpr Statement kReads{"forget_report_readers", R"sql(
UPDATE offer_report_reads SET reader = 'erased/' || gen_random_uuid()
WHERE reader = ANY ($1::text[])
)sql"};

constexpr Statement kBans{"forget_who_banned", R"sql(
UPDATE company_bans
SET banned_by = CASE WHEN banned_by = ANY ($1::text[]) THEN 'erased' ELSE banned_by END,
    lifted_by = CASE WHEN lifted_by = ANY ($1::text[]) THEN 'erased' ELSE lifted_by END
WHERE banned_by = ANY ($1::text[]) OR lifted_by = ANY ($1::text[])
)sql"};

constexpr Statement kSteps{"forget_offer_steps", R"sql(
UPDATE offer_transitions SET person = 'erased' WHERE person = ANY ($1::text[])
)sql"};

constexpr Statement kCancelled{"forget_who_cancelled", R"sql(
UPDATE sessions SET cancelled_by = 'erased', cancel_reason = '' WHERE cancelled_by = ANY ($1::text[])
)sql"};

// Their source stays theirs, that is nobody's.
constexpr Statement kSources{"forget_who_sends", R"sql(
UPDATE partner_sources SET owner = 'erased' WHERE owner = ANY ($1::text[])
)sql"};

constexpr Statement kAnswers{"forget_answers_to",
                             "DELETE FROM answered_requests WHERE caller = ANY ($1::text[])"};

}  // namespace

void ForgetPeople(database::Transaction& transaction, const std::vector<std::string>& people) {
  if (people.empty()) return;
  for (const Statement& statement :
       {kReports, kResolved, kReads, kBans, kSteps, kCancelled, kSources, kAnswers}) {
    transaction.Exec(statement, people);
  }
}

}  // namespace dm::catalogue
