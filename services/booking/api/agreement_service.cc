#include "services/booking/api/agreement_service.h"

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/booking/api/agreement_messages.h"
#include "services/booking/api/booking_messages.h"
#include "services/booking/api/booking_service.h"
#include "services/booking/domain/agreement_refusals.h"
#include "services/booking/papers/agreement_paper.h"

#include <google/protobuf/util/field_mask_util.h>

#include <optional>
#include <utility>
#include <vector>

namespace dm::booking {
namespace {

namespace pb = destinationmetier::booking::v1;
using auth::Role;
using google::protobuf::util::FieldMaskUtil;

// UUIDs are the same in either case, and so are the names that hold them.
void LowerName(pb::CreateAgreementRequest& request) {
  absl::AsciiStrToLower(request.mutable_parent());
}
void LowerName(pb::UpdateAgreementRequest& request) {
  absl::AsciiStrToLower(request.mutable_agreement()->mutable_name());
}
void LowerName(pb::RequestCodeByLinkRequest&) {}
void LowerName(pb::SignByLinkRequest&) {}
template <typename Request>
void LowerName(Request& request) {
  absl::AsciiStrToLower(request.mutable_name());
}

// A code can be guessed from a hash of it, and is kept nowhere.
void HideCode(pb::SignByLinkRequest& request) { request.clear_code(); }
void HideCode(pb::SignAgreementRequest& request) { request.clear_code(); }
template <typename Request>
void HideCode(Request&) {}

template <typename Request>
AgreementRequest RequestOf(const rpc::Call& call, const Request& request) {
  Request asked = request;
  absl::AsciiStrToLower(asked.mutable_request_id());
  LowerName(asked);
  HideCode(asked);
  return {.actor = ActorOf(call.caller),
          .write = {.caller = call.caller.PersonName(),
                    .request_id = asked.request_id(),
                    .method = call.method,
                    .fingerprint = rpc::QueryFingerprint(asked)},
          .traceparent = call.traceparent,
          .deadline = call.deadline};
}

// Nobody is signed in who comes by a link, whatever token the call has.
template <typename Request>
AgreementRequest RequestByLink(const rpc::Call& call, const Request& request) {
  AgreementRequest asked = RequestOf(call, request);
  asked.actor = Actor();
  return asked;
}

std::string BookingOf(absl::string_view agreement_name) {
  return *ParseAgreementName(agreement_name);
}

std::optional<int64_t> VersionOf(const std::string& etag) {
  if (etag.empty()) return std::nullopt;
  return ParseEtag(etag);
}

template <typename Message>
absl::StatusOr<Message> ReadAnswer(const AgreementDesk::Answer& answer) {
  if (!answer.ok()) return answer.status();
  Message message;
  if (!message.ParseFromString(*answer)) return absl::InternalError("a kept answer cannot be read");
  return message;
}

std::string AgreementBytes(const BookingWithAgreement& stay) {
  return ToMessage(stay).SerializeAsString();
}
std::string CodeBytes(const CodeSent& code) { return ToMessage(code).SerializeAsString(); }

AgreementDesk::Serialize SignatureBytes(AgreementParty party) {
  return [party](const BookingWithAgreement& stay) {
    return ToSignatureRequest(stay, party).SerializeAsString();
  };
}

// The parts of `content` that the mask names, over what is there.
AgreementContent Merge(const AgreementContent& current, const pb::Agreement& written,
                       const google::protobuf::FieldMask& mask) {
  if (mask.paths().empty()) return FromMessage(written.content());
  pb::Agreement merged;
  *merged.mutable_content() = ToMessage(current);
  FieldMaskUtil::MergeOptions options;
  options.set_replace_message_fields(true);
  options.set_replace_repeated_fields(true);
  FieldMaskUtil::MergeMessageTo(written, mask, options, &merged);
  return FromMessage(merged.content());
}

// Whether a list holds more than a page; what is beyond it is dropped.
template <typename Row>
bool CutToPage(size_t size, std::vector<Row>* rows) {
  const bool more = rows->size() > size;
  if (more) rows->resize(size);
  return more;
}

}  // namespace

AgreementService::AgreementService(AgreementDesk* desk, const AgreementLists* store,
                                   const rpc::PageTokens* page_tokens,
                                   std::function<void()> after_ask)
    : desk_(desk), store_(store), page_tokens_(page_tokens), after_ask_(std::move(after_ask)) {}

std::unique_ptr<rpc::ServiceBinding> AgreementService::Bind(rpc::Pipeline* pipeline) {
  auto binding = std::make_unique<rpc::ServiceBinding>(
      pb::Agreement::descriptor()->file()->FindServiceByName("AgreementService"), pipeline);
  const rpc::Policy parties = {
      .roles = {Role::kApplicant, Role::kHost, Role::kAmbassador, Role::kAgency}};
  const rpc::Policy signers = {.roles = {Role::kApplicant, Role::kHost, Role::kAmbassador}};
  const rpc::Policy chamber = {.roles = {Role::kAgency}};
  const auto bind =
      [&]<typename Request, typename Response>(
          const char* name, const rpc::Policy& policy,
          void (*validate)(const Request&, Violations&),
          absl::StatusOr<Response> (AgreementService::*method)(const rpc::Call&, const Request&)) {
        binding->Blocking<Request, Response>(
            name, policy, validate, [this, method](const rpc::Call& call, const Request& request) {
              return (this->*method)(call, request);
            });
      };
  using Self = AgreementService;
  bind("CreateAgreement", parties, ValidateCreateAgreement, &Self::Create);
  bind("GetAgreement", parties, ValidateGetAgreement, &Self::Get);
  bind("ListAgreements", parties, ValidateListAgreements, &Self::List);
  bind("UpdateAgreement", parties, ValidateUpdateAgreement, &Self::Update);
  bind("SubmitAgreement", parties, ValidateSubmitAgreement, &Self::Submit);
  bind("ResendSignatureLink", parties, ValidateResendSignatureLink, &Self::ResendLink);
  bind("RequestSignatureCode", signers, ValidateRequestSignatureCode, &Self::RequestCode);
  bind("SignAgreement", signers, ValidateSignAgreement, &Self::Sign);
  bind("RecommendAgreement", chamber, ValidateRecommendAgreement, &Self::Recommend);
  bind("ReturnAgreement", chamber, ValidateReturnAgreement, &Self::Return);
  bind("ValidateAgreement", chamber, ValidateValidateAgreement, &Self::Approve);
  bind("RejectAgreement", chamber, ValidateRejectAgreement, &Self::Reject);
  bind("CancelAgreement", chamber, ValidateCancelAgreement, &Self::Cancel);
  bind("WriteStayReport", signers, ValidateWriteStayReport, &Self::WriteReport);
  bind("GetAgreementDocument", parties, ValidateGetAgreementDocument, &Self::GetDocument);
  bind("ListAgreementHistory", parties, ValidateListAgreementHistory, &Self::ListHistory);
  return binding;
}

std::unique_ptr<rpc::ServiceBinding> AgreementService::BindSignatures(rpc::Pipeline* pipeline) {
  auto binding = std::make_unique<rpc::ServiceBinding>(
      pb::Agreement::descriptor()->file()->FindServiceByName("SignatureService"), pipeline);
  const rpc::Policy everybody = {.roles = {Role::kAnonymous}};
  const auto bind = [&]<typename Request, typename Response>(
                        const char* name, void (*validate)(const Request&, Violations&),
                        absl::StatusOr<Response> (AgreementService::*method)(const rpc::Call&,
                                                                             const Request&)) {
    binding->Blocking<Request, Response>(
        name, everybody, validate, [this, method](const rpc::Call& call, const Request& request) {
          return (this->*method)(call, request);
        });
  };
  using Self = AgreementService;
  bind("LookUpSignature", ValidateLookUpSignature, &Self::LookUp);
  bind("GetSignatureDocument", ValidateGetSignatureDocument, &Self::GetDocumentByLink);
  bind("RequestCodeByLink", ValidateRequestCodeByLink, &Self::RequestCodeByLink);
  bind("SignByLink", ValidateSignByLink, &Self::SignByLink);
  return binding;
}

absl::StatusOr<pb::Agreement> AgreementService::Create(const rpc::Call& call,
                                                       const pb::CreateAgreementRequest& request) {
  return ReadAnswer<Message>(
      desk_->Create(RequestOf(call, request), *ParseBookingName(request.parent()),
                    FromMessage(request.agreement().content()), AgreementBytes));
}

absl::StatusOr<pb::Agreement> AgreementService::Get(const rpc::Call& call,
                                                    const pb::GetAgreementRequest& request) {
  const auto stay =
      desk_->See(ActorOf(call.caller), BookingOf(request.name()), "SEEN", call.deadline);
  if (!stay.ok()) return stay.status();
  return ToMessage(*stay);
}

absl::StatusOr<pb::ListAgreementsResponse> AgreementService::List(
    const rpc::Call& call, const pb::ListAgreementsRequest& request) {
  const Actor actor = ActorOf(call.caller);
  // Bound to the caller too: a token of somebody else is foreign.
  const std::string fingerprint = absl::StrCat(rpc::QueryFingerprint(request), "|", actor.person);
  const auto position = page_tokens_->Read(request.page_token(), fingerprint);
  if (!position.ok()) return position.status();
  std::optional<AgreementPosition> after;
  if (position->size() == 2) {
    after.emplace();
    if (!absl::SimpleAtoi((*position)[0], &after->create_micros)) return absl::InternalError("");
    after->id = (*position)[1];
  }
  std::vector<std::string> states;
  for (const int state : request.states()) {
    states.emplace_back(AgreementStateName(*ToAgreementState(state)));
  }
  const int size = rpc::EffectivePageSize(request.page_size());
  auto rows = store_->List(actor, states, after, size + 1, call.deadline);
  if (!rows.ok()) return rows.status();
  pb::ListAgreementsResponse response;
  const bool more = CutToPage(static_cast<size_t>(size), &*rows);
  const absl::Status kept = desk_->KeepLooks(actor, *rows, call.deadline);
  if (!kept.ok()) return kept;
  for (const AgreementRow& row : *rows) *response.add_agreements() = ToMessage(row);
  if (more) {
    const Agreement& last = rows->back().agreement;
    response.set_next_page_token(page_tokens_->Make(
        fingerprint, {absl::StrCat(database::ToMicros(last.create_time)), last.id}));
  }
  return response;
}

template <typename Request>
absl::StatusOr<pb::Agreement> AgreementService::TakeStep(const rpc::Call& call,
                                                         const Request& request,
                                                         AgreementDesk::StepAsked asked) {
  asked.expected_version = VersionOf(request.etag());
  return ReadAnswer<Message>(
      desk_->Take(RequestOf(call, request), BookingOf(request.name()), asked, AgreementBytes));
}

absl::StatusOr<pb::Agreement> AgreementService::Update(const rpc::Call& call,
                                                       const pb::UpdateAgreementRequest& request) {
  const pb::Agreement& written = request.agreement();
  AgreementDesk::StepAsked asked;
  asked.step = AgreementStep::kEdit;
  asked.expected_version = VersionOf(written.etag());
  asked.edit = [&](const AgreementContent& current) {
    return Merge(current, written, request.update_mask());
  };
  return ReadAnswer<Message>(
      desk_->Take(RequestOf(call, request), BookingOf(written.name()), asked, AgreementBytes));
}

absl::StatusOr<pb::Agreement> AgreementService::Submit(const rpc::Call& call,
                                                       const pb::SubmitAgreementRequest& request) {
  const auto answer = desk_->Submit(RequestOf(call, request), BookingOf(request.name()),
                                    VersionOf(request.etag()), AgreementBytes);
  if (answer.ok() && after_ask_) after_ask_();
  return ReadAnswer<Message>(answer);
}

absl::StatusOr<pb::Agreement> AgreementService::ResendLink(
    const rpc::Call& call, const pb::ResendSignatureLinkRequest& request) {
  const auto answer = desk_->TellAgain(RequestOf(call, request), BookingOf(request.name()),
                                       *ToParty(request.party()), AgreementBytes);
  if (answer.ok() && after_ask_) after_ask_();
  return ReadAnswer<Message>(answer);
}

absl::StatusOr<pb::SignatureCode> AgreementService::RequestCode(
    const rpc::Call& call, const pb::RequestSignatureCodeRequest& request) {
  return ReadAnswer<pb::SignatureCode>(desk_->SendCode(
      RequestOf(call, request), {BookingOf(request.name()), std::nullopt}, CodeBytes));
}

absl::StatusOr<pb::Agreement> AgreementService::Sign(const rpc::Call& call,
                                                     const pb::SignAgreementRequest& request) {
  return ReadAnswer<Message>(desk_->Sign(RequestOf(call, request),
                                         {BookingOf(request.name()), std::nullopt}, request.code(),
                                         request.document_hash(), AgreementBytes));
}

absl::StatusOr<pb::Agreement> AgreementService::Recommend(
    const rpc::Call& call, const pb::RecommendAgreementRequest& request) {
  return TakeStep(call, request, {.step = AgreementStep::kRecommend});
}

absl::StatusOr<pb::Agreement> AgreementService::Return(const rpc::Call& call,
                                                       const pb::ReturnAgreementRequest& request) {
  return TakeStep(call, request, {.step = AgreementStep::kReturn, .reason = request.reason()});
}

absl::StatusOr<pb::Agreement> AgreementService::Approve(
    const rpc::Call& call, const pb::ValidateAgreementRequest& request) {
  return TakeStep(call, request, {.step = AgreementStep::kValidate});
}

absl::StatusOr<pb::Agreement> AgreementService::Reject(const rpc::Call& call,
                                                       const pb::RejectAgreementRequest& request) {
  return TakeStep(call, request, {.step = AgreementStep::kReject, .reason = request.reason()});
}

absl::StatusOr<pb::Agreement> AgreementService::Cancel(const rpc::Call& call,
                                                       const pb::CancelAgreementRequest& request) {
  return TakeStep(call, request, {.step = AgreementStep::kCancel, .reason = request.reason()});
}

absl::StatusOr<pb::Agreement> AgreementService::WriteReport(
    const rpc::Call& call, const pb::WriteStayReportRequest& request) {
  AgreementDesk::StepAsked asked;
  asked.step = AgreementStep::kReport;
  asked.report.emplace();
  asked.report->activities = request.report().activities();
  asked.report->assessment = request.report().assessment();
  asked.report->rating = request.report().rating();
  asked.report->would_go_on = request.report().would_go_on();
  return TakeStep(call, request, std::move(asked));
}

absl::StatusOr<pb::AgreementDocument> AgreementService::Print(const BookingWithAgreement& stay,
                                                              absl::Time deadline) {
  auto document = desk_->DocumentOf(stay, deadline);
  if (!document.ok()) return document.status();
  auto pdf = RenderAgreement(*document, *stay.agreement);
  if (!pdf.ok()) return pdf.status();
  pb::AgreementDocument message;
  message.set_content(*std::move(pdf));
  message.set_content_type("application/pdf");
  message.set_document_hash(stay.agreement->document_hash);
  return message;
}

absl::StatusOr<pb::AgreementDocument> AgreementService::GetDocument(
    const rpc::Call& call, const pb::GetAgreementDocumentRequest& request) {
  const auto stay =
      desk_->See(ActorOf(call.caller), *ParseAgreementName(request.name(), "/document"),
                 "DOCUMENT_SEEN", call.deadline);
  if (!stay.ok()) return stay.status();
  return Print(*stay, call.deadline);
}

absl::StatusOr<pb::ListAgreementHistoryResponse> AgreementService::ListHistory(
    const rpc::Call& call, const pb::ListAgreementHistoryRequest& request) {
  const Actor actor = ActorOf(call.caller);
  const std::string fingerprint = absl::StrCat(rpc::QueryFingerprint(request), "|", actor.person);
  const auto position = page_tokens_->Read(request.page_token(), fingerprint);
  if (!position.ok()) return position.status();
  int64_t after = 0;
  if (position->size() == 1 && !absl::SimpleAtoi((*position)[0], &after)) {
    return absl::InternalError("");
  }
  const auto stay = desk_->See(actor, BookingOf(request.parent()), "SEEN", call.deadline);
  if (!stay.ok()) return stay.status();
  const int size = rpc::EffectivePageSize(request.page_size());
  auto rows = store_->History(stay->agreement->id, after, size + 1, call.deadline);
  if (!rows.ok()) return rows.status();
  pb::ListAgreementHistoryResponse response;
  const bool more = CutToPage(static_cast<size_t>(size), &*rows);
  const bool agency = absl::c_linear_search(actor.departments, stay->booking.department);
  for (const AgreementHistoryRow& row : *rows) {
    pb::AgreementHistoryEntry& entry = *response.add_entries() = ToMessage(row);
    if (!agency && row.person != actor.person) entry.clear_person();
  }
  if (more) {
    response.set_next_page_token(page_tokens_->Make(fingerprint, {absl::StrCat(rows->back().seq)}));
  }
  return response;
}

absl::StatusOr<pb::SignatureRequest> AgreementService::LookUp(
    const rpc::Call& call, const pb::LookUpSignatureRequest& request) {
  const auto signer = desk_->FindSigner(request.token(), call.deadline);
  if (!signer.ok()) return signer.status();
  const auto stay = desk_->SeeByLink(*signer, "SEEN", call.deadline);
  if (!stay.ok()) return stay.status();
  return ToSignatureRequest(*stay, *signer->by_link);
}

absl::StatusOr<pb::AgreementDocument> AgreementService::GetDocumentByLink(
    const rpc::Call& call, const pb::GetSignatureDocumentRequest& request) {
  const auto signer = desk_->FindSigner(request.token(), call.deadline);
  if (!signer.ok()) return signer.status();
  const auto stay = desk_->SeeByLink(*signer, "DOCUMENT_SEEN", call.deadline);
  if (!stay.ok()) return stay.status();
  return Print(*stay, call.deadline);
}

absl::StatusOr<pb::SignatureCode> AgreementService::RequestCodeByLink(
    const rpc::Call& call, const pb::RequestCodeByLinkRequest& request) {
  const auto signer = desk_->FindSigner(request.token(), call.deadline);
  if (!signer.ok()) return signer.status();
  return ReadAnswer<pb::SignatureCode>(
      desk_->SendCode(RequestByLink(call, request), *signer, CodeBytes));
}

absl::StatusOr<pb::SignatureRequest> AgreementService::SignByLink(
    const rpc::Call& call, const pb::SignByLinkRequest& request) {
  const auto signer = desk_->FindSigner(request.token(), call.deadline);
  if (!signer.ok()) return signer.status();
  return ReadAnswer<pb::SignatureRequest>(desk_->Sign(RequestByLink(call, request), *signer,
                                                      request.code(), request.document_hash(),
                                                      SignatureBytes(*signer->by_link)));
}

}  // namespace dm::booking
