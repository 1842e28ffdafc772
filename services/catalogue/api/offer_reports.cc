#include "services/catalogue/store/offer_reports.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/errors/error.h"
#include "common/text/uuid.h"
#include "destinationmetier/event/v1/offer_events.pb.h"
#include "services/catalogue/api/mandate_of.h"
#include "services/catalogue/api/moderation_api.h"
#include "services/catalogue/api/moderation_messages.h"
#include "services/catalogue/api/request_fields.h"
#include "services/catalogue/api/validation.h"
#include "services/catalogue/api/write_once.h"
#include "services/catalogue/domain/offer_rules.h"

#include <vector>

namespace dm::catalogue {
namespace {

namespace pb = destinationmetier::catalogue::v1;

using database::Transaction;

template <typename Request>
requests::WriteRequest ToWriteRequest(const rpc::Call& call, Request request) {
  absl::AsciiStrToLower(request.mutable_request_id());
  return {.caller = call.caller.PersonName(),
          .request_id = request.request_id(),
          .method = call.method,
          .fingerprint = rpc::QueryFingerprint(request)};
}

// UUIDs may come in capital letters.
std::string LowerIdIn(absl::string_view name, absl::string_view collection) {
  return absl::AsciiStrToLower(IdIn(name, collection));
}

// Whoever reports gets their own words back from nobody: the answer is kept.
pb::OfferReport WithoutWords(OfferReport report) {
  report.text.clear();
  report.note.clear();
  return ToMessage(report);
}

events::NewEvent Told(const OfferReport& report) {
  destinationmetier::event::v1::OfferReported told;
  told.set_report(report.Name());
  told.set_offer(absl::StrCat("offers/", report.offer));
  told.set_company(absl::StrCat("companies/", report.siret));
  told.set_department(report.department);
  return events::MakeEvent(told.report(), told);
}

bool Answers(const auth::Caller& caller, const OfferReport& report) {
  return Moderates(PartyOf(MandateOf(caller), "", report.department));
}

}  // namespace

absl::StatusOr<pb::OfferReport> ModerationApi::ReportOffer(
    const rpc::Call& call, const pb::ReportOfferRequest& request) const {
  OfferReport report;
  WriteOnce<pb::OfferReport> once{
      .request = ToWriteRequest(call, request),
      .write = [&](Transaction& transaction, absl::Time now) -> absl::StatusOr<pb::OfferReport> {
        report = {.id = NewUuid(now),
                  .offer = LowerIdIn(request.name(), "offers"),
                  .ground = static_cast<ReportGround>(request.ground()),
                  .text = request.text(),
                  .reporter = call.caller.PersonName(),
                  .create_time = now};
        const std::optional<ReportedOffer> offer = FindReportable(transaction, report.offer);
        if (!offer.has_value()) return dm::NotFoundError(request.name());
        report.siret = offer->siret;
        report.department = offer->department;
        if (!AddReport(transaction, report)) return OfferReported(request.name());
        return WithoutWords(report);
      },
      .keep = [](const pb::OfferReport& answer) { return answer.SerializeAsString(); },
      .tell = [&](Transaction&, absl::Time) -> std::vector<events::NewEvent> {
        return {Told(report)};
      },
      .replay = [](Transaction&, const std::string& kept) -> absl::StatusOr<pb::OfferReport> {
        pb::OfferReport answer;
        if (answer.ParseFromString(kept)) return answer;
        return absl::InternalError("a kept answer cannot be read");
      }};
  return RunWrite(database_, clock_, call, once, on_events_);
}

absl::StatusOr<pb::ListOfferReportsResponse> ModerationApi::ListReports(
    const rpc::Call& call, const pb::ListOfferReportsRequest& request) const {
  // Bound to the caller too: a token of somebody else is foreign.
  const std::string fingerprint =
      absl::StrCat(rpc::QueryFingerprint(request), "|", call.caller.PersonName());
  const auto position = page_tokens_->Read(request.page_token(), fingerprint);
  if (!position.ok()) return position.status();
  const ReportCriteria criteria{.who = MandateOf(call.caller),
                                .offer = LowerIdIn(request.offer(), "offers"),
                                .open_only = request.open_only(),
                                .limit = rpc::EffectivePageSize(request.page_size()),
                                .after = *position};
  return database_->Write(
      call.deadline, [&](Transaction& transaction) -> absl::StatusOr<pb::ListOfferReportsResponse> {
        const ReportPage page = catalogue::ListReports(transaction, criteria);
        pb::ListOfferReportsResponse response;
        std::vector<std::string> seen;
        for (const OfferReport& report : page.reports) {
          seen.push_back(report.id);
          *response.add_reports() = ToMessage(report);
        }
        RecordReportReads(transaction, seen, call.caller.PersonName(), clock_->Now());
        response.set_next_page_token(NextToken(*page_tokens_, fingerprint, page.next));
        return response;
      });
}

absl::StatusOr<pb::OfferReport> ModerationApi::ResolveReport(
    const rpc::Call& call, const pb::ResolveOfferReportRequest& request) const {
  const std::string id = LowerIdIn(request.name(), "offerReports");
  // An answer is given once, so that it reads the same ever after.
  const auto shown = [&](Transaction& transaction,
                         absl::Time now) -> absl::StatusOr<pb::OfferReport> {
    const std::optional<OfferReport> report = ReadReport(transaction, id);
    if (!report.has_value() || !Answers(call.caller, *report)) {
      return dm::NotFoundError(request.name());
    }
    RecordReportReads(transaction, {id}, call.caller.PersonName(), now);
    return ToMessage(*report);
  };
  WriteOnce<pb::OfferReport> once{
      .request = ToWriteRequest(call, request),
      .write = [&](Transaction& transaction, absl::Time now) -> absl::StatusOr<pb::OfferReport> {
        std::optional<OfferReport> report = LockReport(transaction, id);
        if (!report.has_value() || !Answers(call.caller, *report)) {
          return dm::NotFoundError(request.name());
        }
        if (report->resolve_time.has_value()) return ReportResolved(report->Name());
        report->resolve_time = now;
        report->outcome = static_cast<ReportOutcome>(request.outcome());
        report->note = request.note();
        catalogue::ResolveReport(transaction, *report, call.caller.PersonName());
        return shown(transaction, now);
      },
      .keep = [](const pb::OfferReport& answer) { return answer.name(); },
      .tell = nullptr,
      .replay = [&](Transaction& transaction,
                    const std::string&) { return shown(transaction, clock_->Now()); }};
  return RunWrite(database_, clock_, call, once, on_events_);
}

}  // namespace dm::catalogue
