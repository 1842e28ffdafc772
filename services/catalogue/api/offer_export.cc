#include "services/catalogue/api/offer_export.h"

#include "absl/strings/str_cat.h"
#include "services/catalogue/api/exchange_messages.h"
#include "services/catalogue/api/offer_messages.h"
#include "services/catalogue/api/request_fields.h"
#include "services/catalogue/domain/search_rules.h"
#include "services/catalogue/store/offer_export.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace dm::catalogue {

namespace pb = destinationmetier::catalogue::v1;

namespace {

constexpr absl::Duration kLongestRead = absl::Seconds(30);
// Of one message; far below what gRPC takes, also with the longest offer after it.
constexpr size_t kMostBytes = size_t{1} << 20;

// A position is [département, offer].
constexpr size_t kPositionSize = 2;

absl::Status CheckTerritory(const rpc::Call& call, const pb::ExportOffersRequest& request) {
  const PartnerSender who = SenderOf(call.caller);
  for (const std::string& code : request.departments()) {
    if (!who.AnswersFor(code)) return NotFoundError(absl::StrCat("departments/", code));
  }
  return absl::OkStatus();
}

// One export, message by message.
class Export {
 public:
  Export(const rpc::PageTokens& page_tokens, std::string fingerprint,
         rpc::Writer<pb::ExportOffersResponse>& writer)
      : page_tokens_(page_tokens), fingerprint_(std::move(fingerprint)), writer_(writer) {}

  // False when the caller has gone.
  bool Add(const std::string& department, const Offer& offer) {
    pb::Offer message = ToMessage(offer);
    const size_t bytes = message.ByteSizeLong();
    if (bytes_ + bytes > kMostBytes && !Send()) return false;
    *message_.add_offers() = std::move(message);
    bytes_ += bytes;
    last_ = {department, offer.id};
    return true;
  }

  bool Send() {
    if (message_.offers_size() == 0) return true;
    message_.set_position(page_tokens_.Make(fingerprint_, last_));
    const bool sent = writer_.Write(message_);
    message_.Clear();
    bytes_ = 0;
    return sent;
  }

 private:
  const rpc::PageTokens& page_tokens_;
  const std::string fingerprint_;
  rpc::Writer<pb::ExportOffersResponse>& writer_;
  pb::ExportOffersResponse message_;
  size_t bytes_ = 0;
  std::vector<std::string> last_;
};

absl::StatusOr<ExportPosition> StartOf(const rpc::PageTokens& page_tokens,
                                       const std::string& fingerprint, const std::string& after) {
  const auto read = page_tokens.Read(after, fingerprint);
  if (!read.ok()) return read.status();
  if (read->size() != kPositionSize) return ExportPosition{};
  return ExportPosition{read->front(), read->back()};
}

}  // namespace

void ValidateExport(const pb::ExportOffersRequest& request, Violations& violations) {
  CheckDepartments(ToVector(request.departments()), violations);
  if (request.departments().empty()) violations.Add("departments", "must name at least one");
  if (request.changed_since().seconds() < 0 || request.changed_since().nanos() < 0 ||
      request.changed_since().nanos() >= 1'000'000'000) {
    violations.Add("changed_since", "must be an instant since 1970");
  }
}

absl::Status SendOffers(database::Database& database, const rpc::PageTokens& page_tokens,
                        const Clock& clock, const rpc::Call& call,
                        const pb::ExportOffersRequest& request,
                        rpc::Writer<pb::ExportOffersResponse>& writer) {
  if (absl::Status territory = CheckTerritory(call, request); !territory.ok()) return territory;
  pb::ExportOffersRequest asked = request;
  asked.clear_after();
  const std::string fingerprint = rpc::QueryFingerprint(asked);
  const auto start = StartOf(page_tokens, fingerprint, request.after());
  if (!start.ok()) return start.status();
  std::optional<absl::Time> since;
  if (request.has_changed_since()) {
    since = absl::FromUnixSeconds(request.changed_since().seconds()) +
            absl::Nanoseconds(request.changed_since().nanos());
  }
  Export sent(page_tokens, fingerprint, writer);
  const std::set<std::string> departments(request.departments().begin(),
                                          request.departments().end());
  for (const std::string& department : departments) {
    if (department < start->department) continue;
    ExportPosition position{department,
                            department == start->department ? start->offer : std::string()};
    while (true) {
      const absl::Time deadline = std::min(call.deadline, absl::Now() + kLongestRead);
      const auto batch = NextOffersToExport(database, deadline, position, since, clock.Now());
      if (!batch.ok()) return batch.status();
      if (!batch->last.has_value()) break;
      for (const Offer& offer : batch->offers) {
        if (!sent.Add(department, offer)) return BrokenStream(call);
      }
      if (!sent.Send()) return BrokenStream(call);
      position.offer = *batch->last;
    }
  }
  return absl::OkStatus();
}

}  // namespace dm::catalogue
