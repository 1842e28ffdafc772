#pragma once

#include "common/rpc/page_token.h"
#include "common/rpc/service_binding.h"
#include "common/time/clock.h"
#include "destinationmetier/booking/v1/agreement_service.pb.h"
#include "services/booking/agreements/agreement_desk.h"
#include "services/booking/store/agreement_lists.h"
#include "services/booking/store/agreement_store.h"

#include <functional>
#include <memory>
#include <string>

namespace dm::booking {

// The methods of booking.v1.AgreementService and of booking.v1.SignatureService. Thread-safe.
class AgreementService {
 public:
  using Message = destinationmetier::booking::v1::Agreement;

  // All outlive this. `after_ask` runs when parties are to be told that they are asked to sign.
  AgreementService(AgreementDesk* desk, const AgreementLists* store,
                   const rpc::PageTokens* page_tokens, std::function<void()> after_ask);

  // The services for a gRPC server; this outlives them.
  std::unique_ptr<rpc::ServiceBinding> Bind(rpc::Pipeline* pipeline);
  std::unique_ptr<rpc::ServiceBinding> BindSignatures(rpc::Pipeline* pipeline);

  absl::StatusOr<Message> Create(
      const rpc::Call& call, const destinationmetier::booking::v1::CreateAgreementRequest& request);
  absl::StatusOr<Message> Get(const rpc::Call& call,
                              const destinationmetier::booking::v1::GetAgreementRequest& request);
  absl::StatusOr<destinationmetier::booking::v1::ListAgreementsResponse> List(
      const rpc::Call& call, const destinationmetier::booking::v1::ListAgreementsRequest& request);
  absl::StatusOr<Message> Update(
      const rpc::Call& call, const destinationmetier::booking::v1::UpdateAgreementRequest& request);
  absl::StatusOr<Message> Submit(
      const rpc::Call& call, const destinationmetier::booking::v1::SubmitAgreementRequest& request);
  absl::StatusOr<Message> ResendLink(
      const rpc::Call& call,
      const destinationmetier::booking::v1::ResendSignatureLinkRequest& request);
  absl::StatusOr<destinationmetier::booking::v1::SignatureCode> RequestCode(
      const rpc::Call& call,
      const destinationmetier::booking::v1::RequestSignatureCodeRequest& request);
  absl::StatusOr<Message> Sign(const rpc::Call& call,
                               const destinationmetier::booking::v1::SignAgreementRequest& request);
  absl::StatusOr<Message> Recommend(
      const rpc::Call& call,
      const destinationmetier::booking::v1::RecommendAgreementRequest& request);
  absl::StatusOr<Message> Return(
      const rpc::Call& call, const destinationmetier::booking::v1::ReturnAgreementRequest& request);
  absl::StatusOr<Message> Approve(
      const rpc::Call& call,
      const destinationmetier::booking::v1::ValidateAgreementRequest& request);
  absl::StatusOr<Message> Reject(
      const rpc::Call& call, const destinationmetier::booking::v1::RejectAgreementRequest& request);
  absl::StatusOr<Message> Cancel(
      const rpc::Call& call, const destinationmetier::booking::v1::CancelAgreementRequest& request);
  absl::StatusOr<Message> WriteReport(
      const rpc::Call& call, const destinationmetier::booking::v1::WriteStayReportRequest& request);
  absl::StatusOr<destinationmetier::booking::v1::AgreementDocument> GetDocument(
      const rpc::Call& call,
      const destinationmetier::booking::v1::GetAgreementDocumentRequest& request);
  absl::StatusOr<destinationmetier::booking::v1::ListAgreementHistoryResponse> ListHistory(
      const rpc::Call& call,
      const destinationmetier::booking::v1::ListAgreementHistoryRequest& request);

  absl::StatusOr<destinationmetier::booking::v1::SignatureRequest> LookUp(
      const rpc::Call& call, const destinationmetier::booking::v1::LookUpSignatureRequest& request);
  absl::StatusOr<destinationmetier::booking::v1::AgreementDocument> GetDocumentByLink(
      const rpc::Call& call,
      const destinationmetier::booking::v1::GetSignatureDocumentRequest& request);
  absl::StatusOr<destinationmetier::booking::v1::SignatureCode> RequestCodeByLink(
      const rpc::Call& call,
      const destinationmetier::booking::v1::RequestCodeByLinkRequest& request);
  absl::StatusOr<destinationmetier::booking::v1::SignatureRequest> SignByLink(
      const rpc::Call& call, const destinationmetier::booking::v1::SignByLinkRequest& request);

 private:
  template <typename Request>
  absl::StatusOr<Message> TakeStep(const rpc::Call& call, const Request& request,
                                   AgreementDesk::StepAsked asked);
  absl::StatusOr<destinationmetier::booking::v1::AgreementDocument> Print(
      const BookingWithAgreement& stay, absl::Time deadline);

  AgreementDesk* const desk_;
  const AgreementLists* const store_;
  const rpc::PageTokens* const page_tokens_;
  const std::function<void()> after_ask_;
};

// What each request must be like; see the proto.
void ValidateCreateAgreement(const destinationmetier::booking::v1::CreateAgreementRequest& request,
                             Violations& violations);
void ValidateGetAgreement(const destinationmetier::booking::v1::GetAgreementRequest& request,
                          Violations& violations);
void ValidateListAgreements(const destinationmetier::booking::v1::ListAgreementsRequest& request,
                            Violations& violations);
void ValidateUpdateAgreement(const destinationmetier::booking::v1::UpdateAgreementRequest& request,
                             Violations& violations);
void ValidateSubmitAgreement(const destinationmetier::booking::v1::SubmitAgreementRequest& request,
                             Violations& violations);
void ValidateResendSignatureLink(
    const destinationmetier::booking::v1::ResendSignatureLinkRequest& request,
    Violations& violations);
void ValidateRequestSignatureCode(
    const destinationmetier::booking::v1::RequestSignatureCodeRequest& request,
    Violations& violations);
void ValidateSignAgreement(const destinationmetier::booking::v1::SignAgreementRequest& request,
                           Violations& violations);
void ValidateRecommendAgreement(
    const destinationmetier::booking::v1::RecommendAgreementRequest& request,
    Violations& violations);
void ValidateReturnAgreement(const destinationmetier::booking::v1::ReturnAgreementRequest& request,
                             Violations& violations);
void ValidateValidateAgreement(
    const destinationmetier::booking::v1::ValidateAgreementRequest& request,
    Violations& violations);
void ValidateRejectAgreement(const destinationmetier::booking::v1::RejectAgreementRequest& request,
                             Violations& violations);
void ValidateCancelAgreement(const destinationmetier::booking::v1::CancelAgreementRequest& request,
                             Violations& violations);
void ValidateWriteStayReport(const destinationmetier::booking::v1::WriteStayReportRequest& request,
                             Violations& violations);
void ValidateGetAgreementDocument(
    const destinationmetier::booking::v1::GetAgreementDocumentRequest& request,
    Violations& violations);
void ValidateListAgreementHistory(
    const destinationmetier::booking::v1::ListAgreementHistoryRequest& request,
    Violations& violations);
void ValidateLookUpSignature(const destinationmetier::booking::v1::LookUpSignatureRequest& request,
                             Violations& violations);
void ValidateGetSignatureDocument(
    const destinationmetier::booking::v1::GetSignatureDocumentRequest& request,
    Violations& violations);
void ValidateRequestCodeByLink(
    const destinationmetier::booking::v1::RequestCodeByLinkRequest& request,
    Violations& violations);
void ValidateSignByLink(const destinationmetier::booking::v1::SignByLinkRequest& request,
                        Violations& violations);

}  // namespace dm::booking
