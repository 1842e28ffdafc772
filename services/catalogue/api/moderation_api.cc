#include "services/catalogue/api/moderation_api.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/errors/error.h"
#include "services/catalogue/api/mandate_of.h"
#include "services/catalogue/api/moderation_messages.h"
#include "services/catalogue/api/moderation_validation.h"
#include "services/catalogue/api/validation.h"
#include "services/catalogue/api/write_once.h"
#include "services/catalogue/domain/offer_rules.h"
#include "services/catalogue/store/company_bans.h"
#include "services/catalogue/store/offer_records.h"
#include "services/catalogue/store/offer_writes.h"

#include <optional>
#include <string>
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

// Without the words of who decided.
std::string KeptOf(pb::CompanyBan ban) {
  ban.clear_justification();
  return ban.SerializeAsString();
}

absl::StatusOr<pb::CompanyBan> FirstAnswer(Transaction& transaction, const std::string& siret,
                                           const std::string& kept) {
  pb::CompanyBan ban;
  if (!ban.ParseFromString(kept)) return absl::InternalError("a kept answer cannot be read");
  const absl::Time from = absl::FromUnixSeconds(ban.start_time().seconds()) +
                          absl::Nanoseconds(ban.start_time().nanos());
  const std::optional<CompanyBan> found = ReadBan(transaction, siret, from);
  if (found.has_value()) ban.set_justification(found->justification);
  return ban;
}

// Locks the company for whoever decides on it; NOT_FOUND for others.
absl::Status LockForModeration(Transaction& transaction, const rpc::Call& call,
                               const std::string& siret) {
  const std::optional<CompanyStanding> company = LockCompany(transaction, siret);
  const bool may =
      company.has_value() && Moderates(PartyOf(MandateOf(call.caller), siret, company->department));
  return may ? absl::OkStatus() : dm::NotFoundError(absl::StrCat("companies/", siret));
}

absl::StatusOr<std::optional<absl::Time>> EndOf(const pb::BanCompanyRequest& request,
                                                absl::Time now) {
  if (!request.has_end_time()) return std::optional<absl::Time>();
  const absl::Time end = absl::FromUnixSeconds(request.end_time().seconds()) +
                         absl::Nanoseconds(request.end_time().nanos());
  // Beyond what the database can hold is for ever, and there is a way to say that.
  const bool possible = end > now && end < now + absl::Hours(24 * 366 * 100);
  if (!possible) {
    Violations violations;
    violations.Add("end_time", "must be in the future, within a hundred years");
    return violations.ToStatus();
  }
  return std::optional(database::FromMicros(database::ToMicros(end)));
}

}  // namespace

absl::StatusOr<pb::CompanyBan> ModerationApi::BanCompany(
    const rpc::Call& call, const pb::BanCompanyRequest& request) const {
  const std::string siret = IdIn(request.name(), "companies");
  std::optional<OfferWrites> writes;
  WriteOnce<pb::CompanyBan> once{
      .request = ToWriteRequest(call, request),
      .write = [&](Transaction& transaction, absl::Time now) -> absl::StatusOr<pb::CompanyBan> {
        writes.reset();
        const absl::Status locked = LockForModeration(transaction, call, siret);
        if (!locked.ok()) return locked;
        const std::optional<CompanyBan> running = ReadRunningBan(transaction, siret);
        // One whose end has come is over, whether or not it was lifted yet.
        const bool over =
            running.has_value() && running->until.has_value() && *running->until <= now;
        if (running.has_value() && !over) return ToMessage(*running);
        if (over) EndBan(transaction, siret, "system", now);
        const auto until = EndOf(request, now);
        if (!until.ok()) return until.status();
        const CompanyBan ban{
            .siret = siret, .justification = request.justification(), .from = now, .until = *until};
        AddBan(transaction, ban, call.caller.PersonName());
        writes.emplace(&transaction, now);
        const absl::Status suspended = writes->SuspendAll(siret, OfferStep::kCompanyBanned);
        if (!suspended.ok()) return suspended;
        return ToMessage(ban);
      },
      .keep = KeptOf,
      .tell = [&](Transaction&, absl::Time) -> std::vector<events::NewEvent> {
        return writes.has_value() ? writes->Finish() : std::vector<events::NewEvent>();
      },
      .replay = [&](Transaction& transaction,
                    const std::string& kept) { return FirstAnswer(transaction, siret, kept); }};
  return RunWrite(database_, clock_, call, once, on_events_);
}

absl::StatusOr<pb::CompanyBan> ModerationApi::LiftBan(
    const rpc::Call& call, const pb::LiftCompanyBanRequest& request) const {
  const std::string siret = IdIn(request.name(), "companies");
  bool lifted = false;
  WriteOnce<pb::CompanyBan> once{
      .request = ToWriteRequest(call, request),
      .write = [&](Transaction& transaction, absl::Time now) -> absl::StatusOr<pb::CompanyBan> {
        const absl::Status locked = LockForModeration(transaction, call, siret);
        if (!locked.ok()) return locked;
        lifted = ReadRunningBan(transaction, siret).has_value();
        if (lifted) EndBan(transaction, siret, call.caller.PersonName(), now);
        const std::optional<CompanyBan> last = ReadLastBan(transaction, siret);
        if (!last.has_value()) return dm::NotFoundError(absl::StrCat(request.name(), ":ban"));
        return ToMessage(*last);
      },
      .keep = KeptOf,
      .tell = [&](Transaction& transaction, absl::Time now) -> std::vector<events::NewEvent> {
        return lifted ? TellBanEnded(transaction, siret, now) : std::vector<events::NewEvent>();
      },
      .replay = [&](Transaction& transaction,
                    const std::string& kept) { return FirstAnswer(transaction, siret, kept); }};
  return RunWrite(database_, clock_, call, once, on_events_);
}

std::unique_ptr<rpc::ServiceBinding> ModerationApi::Bind(rpc::Pipeline* pipeline) const {
  using auth::Role;
  auto binding = std::make_unique<rpc::ServiceBinding>(
      pb::OfferReport::descriptor()->file()->FindServiceByName("ModerationService"), pipeline);
  const auth::Roles agencies = {Role::kAgency, Role::kOperator};
  const auth::Roles signed_in = {Role::kApplicant,  Role::kGuardian, Role::kHost,
                                 Role::kAmbassador, Role::kAgency,   Role::kPartner,
                                 Role::kOperator};
  const auto validate = [](const auto& asked, Violations& violations) {
    Validate(asked, violations);
  };
  binding->Blocking<pb::ReportOfferRequest, pb::OfferReport>(
      "ReportOffer", {.roles = signed_in}, validate,
      [this](const rpc::Call& call, const auto& asked) { return ReportOffer(call, asked); });
  binding->Blocking<pb::ListOfferReportsRequest, pb::ListOfferReportsResponse>(
      "ListOfferReports", {.roles = agencies}, validate,
      [this](const rpc::Call& call, const auto& asked) { return ListReports(call, asked); });
  binding->Blocking<pb::ResolveOfferReportRequest, pb::OfferReport>(
      "ResolveOfferReport", {.roles = agencies}, validate,
      [this](const rpc::Call& call, const auto& asked) { return ResolveReport(call, asked); });
  binding->Blocking<pb::BanCompanyRequest, pb::CompanyBan>(
      "BanCompany", {.roles = agencies}, validate,
      [this](const rpc::Call& call, const auto& asked) { return BanCompany(call, asked); });
  binding->Blocking<pb::LiftCompanyBanRequest, pb::CompanyBan>(
      "LiftCompanyBan", {.roles = agencies}, validate,
      [this](const rpc::Call& call, const auto& asked) { return LiftBan(call, asked); });
  return binding;
}

}  // namespace dm::catalogue
