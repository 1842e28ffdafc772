#include "services/catalogue/api/offer_api.h"

#include "absl/strings/ascii.h"
#include "common/errors/error.h"
#include "services/catalogue/api/mandate_of.h"
#include "services/catalogue/api/offer_messages.h"
#include "services/catalogue/api/offer_record_messages.h"
#include "services/catalogue/api/offer_validation.h"
#include "services/catalogue/api/request_fields.h"
#include "services/catalogue/api/validation.h"
#include "services/catalogue/domain/offer_rules.h"
#include "services/catalogue/domain/visibility.h"
#include "services/catalogue/search/offer_document.h"
#include "services/catalogue/store/offer_records.h"
#include "services/catalogue/store/visibility_facts.h"

namespace dm::catalogue {
namespace {

namespace pb = destinationmetier::catalogue::v1;
using auth::Role;

std::optional<OfferParty> PartyIn(const rpc::Call& call, const OfferRecord& record) {
  return PartyOf(MandateOf(call.caller), record.offer.siret, record.company.department);
}

VisibilityFacts FactsOf(const OfferRecord& record, const OfferHistory& history,
                        const search::OfferIndex& index) {
  VisibilityFacts facts{
      .state = record.offer.state,
      .decided_by = record.decided_by,
      .rejected = record.why == "REJECTED",
      .state_since = history.state_since.value_or(record.update_time),
      .company_banned = record.company.banned,
      .company_closed_since = record.company.closed_since,
      .sessions = record.offer.sessions,
      .monthly_request_quota = record.company.monthly_request_quota,
      .requests_this_month = history.requests_this_month,
      .profession_obsolete = record.profession_obsolete,
      .has_audiences = !record.offer.audiences.empty(),
      .reserved = !record.offer.reserved_schools.empty() || record.offer.priority_areas_only};
  if (const auto id = search::OfferId::Parse(record.offer.id); id.has_value()) {
    const auto version = index.VersionOf(*id);
    facts.searchable = version.has_value();
    facts.searched_as_it_is = version == record.version;
  }
  return facts;
}

// The soonest first, of sessions with the latest first.
std::vector<Session> SessionsToCome(const std::vector<Session>& sessions, absl::Time now) {
  constexpr size_t kMostShown = 50;
  std::vector<Session> to_come;
  for (auto session = sessions.rbegin(); session != sessions.rend(); ++session) {
    if (session->start > now && to_come.size() < kMostShown) to_come.push_back(*session);
  }
  return to_come;
}

}  // namespace

absl::StatusOr<OfferRecord> OfferApi::FindOwn(const rpc::Call& call,
                                              const std::string& name) const {
  auto found =
      FindOfferRecord(*database_, call.deadline, absl::AsciiStrToLower(IdIn(name, "offers")));
  if (!found.ok()) return found.status();
  if (!found->has_value() || !PartyIn(call, **found).has_value()) return dm::NotFoundError(name);
  return **std::move(found);
}

OfferApi::Record OfferApi::GetOfferRecord(const rpc::Call& call,
                                          const pb::GetOfferRecordRequest& request) const {
  const auto record = FindOwn(call, request.name());
  if (!record.ok()) return record.status();
  return ToMessage(*record, *PartyIn(call, *record));
}

absl::StatusOr<pb::ListOfferRecordsResponse> OfferApi::ListOfferRecords(
    const rpc::Call& call, const pb::ListOfferRecordsRequest& request) const {
  const std::string fingerprint = rpc::QueryFingerprint(request);
  auto after = page_tokens_->Read(request.page_token(), fingerprint);
  if (!after.ok()) return after.status();
  OfferRecordCriteria criteria{.who = MandateOf(call.caller),
                               .limit = rpc::EffectivePageSize(request.page_size()),
                               .after = *std::move(after)};
  for (const int state : request.states()) {
    criteria.states.push_back(static_cast<OfferState>(state));
  }
  if (const std::string siret = IdIn(request.parent(), "companies"); siret != "-") {
    const auto company = FindStanding(*database_, call.deadline, siret);
    if (!company.ok()) return company.status();
    if (!company->has_value() ||
        !PartyOf(criteria.who, siret, (*company)->department).has_value()) {
      return dm::NotFoundError(request.parent());
    }
    criteria.siret = siret;
  }
  const auto page = catalogue::ListOfferRecords(*database_, call.deadline, criteria);
  if (!page.ok()) return page.status();
  pb::ListOfferRecordsResponse response;
  std::vector<OfferRecord> shown;
  for (const OfferRecord& record : page->records) {
    // One that was moved out of reach while it was read is its new company's.
    if (const auto party = PartyIn(call, record); party.has_value()) {
      *response.add_records() = ToMessage(record, *party);
      shown.push_back(record);
    }
  }
  if (request.view() == pb::OFFER_RECORD_VIEW_FULL) {
    const absl::Status added = AddFullView(call.deadline, std::move(shown), response);
    if (!added.ok()) return added;
  }
  response.set_next_page_token(NextToken(*page_tokens_, fingerprint, page->next));
  return response;
}

absl::Status OfferApi::AddFullView(absl::Time deadline, std::vector<OfferRecord> records,
                                   pb::ListOfferRecordsResponse& response) const {
  const absl::Time now = clock_->Now();
  const absl::Status read = ReadSessions(*database_, deadline, records);
  if (!read.ok()) return read;
  const auto histories = FindOfferHistories(*database_, deadline, records, now);
  if (!histories.ok()) return histories.status();
  for (size_t i = 0; i < records.size(); ++i) {
    pb::OfferRecord& message = *response.mutable_records(static_cast<int>(i));
    *message.mutable_visibility() = ToMessage(
        catalogue::ExplainVisibility(FactsOf(records[i], histories->at(i), index_->offers()), now));
    Offer to_come = records[i].offer;
    to_come.sessions = SessionsToCome(records[i].offer.sessions, now);
    *message.mutable_offer() = ToMessage(to_come);
  }
  return absl::OkStatus();
}

absl::StatusOr<pb::Visibility> OfferApi::ExplainVisibility(
    const rpc::Call& call, const pb::ExplainVisibilityRequest& request) const {
  const auto record = FindOwn(call, request.name());
  if (!record.ok()) return record.status();
  const absl::Time now = clock_->Now();
  const auto histories = FindOfferHistories(*database_, call.deadline, {*record}, now);
  if (!histories.ok()) return histories.status();
  return ToMessage(
      catalogue::ExplainVisibility(FactsOf(*record, histories->at(0), index_->offers()), now));
}

template <typename Request, typename Response>
void OfferApi::BindOne(rpc::ServiceBinding& binding, const char* name, auth::Roles roles,
                       Method<Request, Response> method) const {
  binding.Blocking<Request, Response>(
      name, {.roles = roles},
      [](const Request& request, Violations& violations) { Validate(request, violations); },
      [this, method](const rpc::Call& call, const Request& request) {
        return (this->*method)(call, request);
      });
}

std::unique_ptr<rpc::ServiceBinding> OfferApi::Bind(rpc::Pipeline* pipeline) const {
  auto binding = std::make_unique<rpc::ServiceBinding>(
      pb::OfferRecord::descriptor()->file()->FindServiceByName("OfferService"), pipeline);
  const auth::Roles all = {Role::kHost, Role::kAgency, Role::kOperator};
  const auth::Roles moderators = {Role::kAgency, Role::kOperator};
  BindOne(*binding, "CreateOffer", all, &OfferApi::CreateOffer);
  BindOne(*binding, "GetOfferRecord", all, &OfferApi::GetOfferRecord);
  BindOne(*binding, "ListOfferRecords", all, &OfferApi::ListOfferRecords);
  BindOne(*binding, "UpdateOffer", all, &OfferApi::UpdateOffer);
  BindOne(*binding, "SubmitOffer", all, &OfferApi::SubmitOffer);
  BindOne(*binding, "ApproveOffer", moderators, &OfferApi::ApproveOffer);
  BindOne(*binding, "RejectOffer", moderators, &OfferApi::RejectOffer);
  BindOne(*binding, "SuspendOffer", all, &OfferApi::SuspendOffer);
  BindOne(*binding, "ResumeOffer", all, &OfferApi::ResumeOffer);
  BindOne(*binding, "ArchiveOffer", all, &OfferApi::ArchiveOffer);
  BindOne(*binding, "DuplicateOffer", all, &OfferApi::DuplicateOffer);
  BindOne(*binding, "CreateSession", all, &OfferApi::CreateSession);
  BindOne(*binding, "UpdateSession", all, &OfferApi::UpdateSession);
  BindOne(*binding, "ExplainVisibility", all, &OfferApi::ExplainVisibility);
  return binding;
}

}  // namespace dm::catalogue
