#include "common/database/transaction_span.h"

#include "absl/strings/str_join.h"

#include <algorithm>

namespace dm::database {
namespace {

constexpr size_t kMostStatements = 20;

thread_local TransactionSpan* current = nullptr;

}  // namespace

TransactionSpan::TransactionSpan(const char* operation)
    : span_(telemetry::SpanKind::kClient, operation), outer_(current) {
  current = this;
  span_.Set("db.system", "postgresql");
  span_.Set("db.operation.name", operation);
}

TransactionSpan::~TransactionSpan() { current = outer_; }

void TransactionSpan::End(const absl::Status& status) {
  if (!span_.recorded()) return;
  span_.Set("db.query.summary", absl::StrJoin(statements_, " "));
  span_.End(status.code());
}

void TransactionSpan::Note(const char* statement) {
  if (current == nullptr || !current->span_.recorded()) return;
  std::vector<std::string>& names = current->statements_;
  if (names.size() == kMostStatements) return;
  if (std::find(names.begin(), names.end(), statement) == names.end())
    names.emplace_back(statement);
}

}  // namespace dm::database
