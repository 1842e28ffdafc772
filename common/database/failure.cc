#include "common/database/failure.h"

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/database/database.h"
#include "common/errors/error.h"

#include <pqxx/pqxx>

#include <exception>
#include <string>

namespace dm::database {
namespace {

constexpr absl::string_view kConstraintUrl = "destinationmetier/violated-constraint";
constexpr absl::string_view kDetailUrl = "destinationmetier/database-detail";

std::string Describe(absl::string_view what, absl::string_view statement) {
  return absl::StrCat("database: ", what, statement.empty() ? "" : " in statement ", statement);
}

absl::Status Unavailable(absl::string_view what, absl::string_view statement) {
  return MakeError(absl::StatusCode::kUnavailable, Describe(what, statement),
                   *GetErrorDetails(BackendUnavailableError("the database")));
}

absl::Status Defect(absl::string_view what, absl::string_view statement) {
  return MakeError(absl::StatusCode::kInternal, Describe(what, statement), {.reason = "INTERNAL"});
}

// libpqxx leaves the code out of some of its exceptions (insufficient_privilege is one); a verbose
// message begins "ERROR:  42501: …".
std::string SqlState(const pqxx::sql_error& error) {
  if (!error.sqlstate().empty()) return error.sqlstate();
  const absl::string_view what = error.what();
  const size_t at = what.find(":  ");
  if (at == absl::string_view::npos || what.size() < at + 9 || what[at + 8] != ':') return "";
  return std::string(what.substr(at + 3, 5));
}

// The lines of a verbose message: "ERROR:  23505: …\nSCHEMA NAME:  …\nCONSTRAINT NAME:  …\n".
std::string ConstraintName(absl::string_view message) {
  constexpr absl::string_view kLabel = "\nCONSTRAINT NAME:  ";
  const size_t at = message.find(kLabel);
  if (at == absl::string_view::npos) return "";
  message.remove_prefix(at + kLabel.size());
  return std::string(message.substr(0, message.find('\n')));
}

Failure Violated(const pqxx::sql_error& error, absl::string_view statement) {
  const bool duplicate = error.sqlstate() == "23505";
  const std::string constraint = ConstraintName(error.what());
  absl::Status status(
      duplicate ? absl::StatusCode::kAlreadyExists : absl::StatusCode::kFailedPrecondition,
      Describe(absl::StrCat("constraint ", constraint, " violated (", error.sqlstate(), ")"),
               statement));
  status.SetPayload(kConstraintUrl, absl::Cord(constraint));
  return {std::move(status)};
}

// Errors of class 42 (a wrong statement) speak of names in our SQL, not of values: their first line
// is kept for the log, beside the message.
Failure WrongStatement(const pqxx::sql_error& error, absl::string_view what_failed,
                       absl::string_view statement) {
  absl::Status status = Defect(what_failed, statement);
  const absl::string_view what = error.what();
  status.SetPayload(kDetailUrl, absl::Cord(what.substr(0, what.find('\n'))));
  return {std::move(status)};
}

bool LosesConnection(absl::string_view state) {
  // 08 connection exceptions; 57P01 to 57P05 the server goes, starts or has closed the session;
  // 25P03 the session sat idle in its transaction.
  return absl::StartsWith(state, "08") || absl::StartsWith(state, "57P") || state == "25P03";
}

Failure FromSqlError(const pqxx::sql_error& error, absl::string_view statement, bool committing) {
  const std::string state = SqlState(error);
  const std::string what = absl::StrCat("SQLSTATE ", state);
  if (LosesConnection(state)) {
    return {Unavailable(what, statement), /*retry=*/!committing, /*broken=*/true};
  }
  // Also what a plain `sql_error` of class 40 would be.
  if (absl::StartsWith(state, "40")) return {Unavailable(what, statement), /*retry=*/true};
  if (state == "57014") return {DeadlineError()};
  if (absl::StartsWith(state, "23")) return Violated(error, statement);
  if (absl::StartsWith(state, "53") || absl::StartsWith(state, "58") || state == "55P03") {
    return {Unavailable(what, statement)};
  }
  // A server that was demoted to a standby: another connection may reach the new primary.
  if (state == "25006") return {Unavailable(what, statement), /*retry=*/true, /*broken=*/true};
  // "cached plan must not change result type" after a migration beside us, or a statement that a
  // pooler's other server does not know: a new connection prepares afresh.
  if (state == "0A000" || state == "26000") {
    return {Defect(what, statement), /*retry=*/true, /*broken=*/true};
  }
  if (absl::StartsWith(state, "42")) return WrongStatement(error, what, statement);
  return {Defect(what, statement)};
}

}  // namespace

// The order is libpqxx's family tree: rollbacks and lost connections are `failure`s but no
// `sql_error`s, and a unique violation is an `sql_error`.
Failure CurrentFailure(absl::string_view statement, bool committing) {
  try {
    throw;
  } catch (const DeadlinePassed&) {
    return {DeadlineError()};
  } catch (const pqxx::in_doubt_error&) {
    return {Unavailable("connection lost during COMMIT, outcome unknown", statement), false, true};
  } catch (const pqxx::statement_completion_unknown&) {
    return {Unavailable("outcome unknown", statement), false, true};
  } catch (const pqxx::transaction_rollback&) {
    return {Unavailable("serialization failure or deadlock, retries used up", statement), true};
  } catch (const pqxx::broken_connection&) {
    return {Unavailable("connection lost", statement), /*retry=*/!committing, /*broken=*/true};
  } catch (const pqxx::sql_error& error) {
    return FromSqlError(error, statement, committing);
  } catch (const pqxx::failure&) {
    return {Unavailable("connection failed", statement), false, true};
  } catch (const pqxx::pqxx_exception&) {
    return {Defect("misuse or an unexpected result", statement), false, true};
  } catch (const std::exception&) {
    return {Defect("an exception", statement), false, true};
  } catch (...) {
    return {Defect("an unknown exception", statement), false, true};
  }
}

std::string ViolatedConstraint(const absl::Status& status) {
  const auto payload = status.GetPayload(kConstraintUrl);
  return payload.has_value() ? std::string(*payload) : "";
}

}  // namespace dm::database
