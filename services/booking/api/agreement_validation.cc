#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/text/uuid.h"
#include "services/booking/api/agreement_messages.h"
#include "services/booking/api/agreement_service.h"
#include "services/booking/api/booking_messages.h"
#include "services/booking/domain/signing.h"

#include <google/protobuf/util/field_mask_util.h>

namespace dm::booking {
namespace {

namespace pb = destinationmetier::booking::v1;
using google::protobuf::util::FieldMaskUtil;

constexpr int64_t kLongestReason = 1000;
constexpr int64_t kLongestReport = 4000;
constexpr size_t kLongestEtag = 64;

void CheckRequestId(const std::string& request_id, Violations& violations) {
  if (!IsUuid(request_id)) violations.Add("request_id", "must be a UUID made by the client");
}

void CheckEtag(absl::string_view field, const std::string& etag, Violations& violations) {
  if (etag.size() > kLongestEtag) violations.Add(field, "must have at most 64 characters");
}

void CheckRequiredText(absl::string_view field, absl::string_view text, int64_t longest,
                       Violations& violations) {
  if (absl::StripAsciiWhitespace(text).empty()) violations.Add(field, "must not be empty");
  if (CharactersOf(text) > longest) {
    violations.Add(field, absl::StrCat("must have at most ", longest, " characters"));
  }
  if (HoldsUnprintable(text, /*lines=*/true)) {
    violations.Add(field, "must not hold control characters");
  }
}

void CheckName(absl::string_view field, const std::string& name, Violations& violations) {
  if (!ParseAgreementName(name).has_value()) {
    violations.Add(field, "must be bookings/{uuid}/agreement");
  }
}

template <typename Step>
void CheckStep(const Step& request, Violations& violations) {
  CheckName("name", request.name(), violations);
  CheckEtag("etag", request.etag(), violations);
  CheckRequestId(request.request_id(), violations);
}

template <typename Step>
void CheckStepWithReason(const Step& request, Violations& violations) {
  CheckStep(request, violations);
  CheckRequiredText("reason", request.reason(), kLongestReason, violations);
}

void CheckContent(const pb::AgreementContent& content, Violations& violations) {
  constexpr absl::string_view kPrefix = "agreement.content.";
  Violations forms;
  CheckScheduleForms(content, kPrefix, forms);
  if (forms.empty()) return CheckAgreementContent(FromMessage(content), kPrefix, violations);
  // Days that cannot be read are no days to compare.
  pb::AgreementContent rest = content;
  rest.mutable_stay()->clear_schedule();
  CheckScheduleForms(content, kPrefix, violations);
  CheckAgreementContent(FromMessage(rest), kPrefix, violations);
}

void CheckMask(const google::protobuf::FieldMask& mask, Violations& violations) {
  for (int i = 0; i < mask.paths_size(); ++i) {
    const std::string& path = mask.paths(i);
    const bool content = path == "content" || absl::StartsWith(path, "content.");
    if (!content || !FieldMaskUtil::IsValidPath<pb::Agreement>(path)) {
      violations.Add(absl::StrCat("update_mask.paths[", i, "]"),
                     "must be content or a field under it");
    }
  }
}

void CheckSignature(const std::string& code, const std::string& document_hash,
                    Violations& violations) {
  if (!IsCode(code)) violations.Add("code", "must be 6 digits");
  if (!IsHexHash(document_hash)) {
    violations.Add("document_hash", "must be 64 hexadecimal digits in lower case");
  }
}

void CheckToken(const std::string& token, Violations& violations) {
  if (!IsLinkToken(token)) violations.Add("token", "must be the 22 characters of a link");
}

}  // namespace

void ValidateCreateAgreement(const pb::CreateAgreementRequest& request, Violations& violations) {
  if (!ParseBookingName(request.parent()).has_value()) {
    violations.Add("parent", "must be bookings/{uuid}");
  }
  CheckContent(request.agreement().content(), violations);
  CheckRequestId(request.request_id(), violations);
}

void ValidateGetAgreement(const pb::GetAgreementRequest& request, Violations& violations) {
  CheckName("name", request.name(), violations);
}

void ValidateListAgreements(const pb::ListAgreementsRequest& request, Violations& violations) {
  if (request.page_size() < 0) violations.Add("page_size", "must not be negative");
  for (int i = 0; i < request.states_size(); ++i) {
    if (!ToAgreementState(request.states(i)).has_value()) {
      violations.Add(absl::StrCat("states[", i, "]"), "must be a state of an agreement");
    }
  }
}

void ValidateUpdateAgreement(const pb::UpdateAgreementRequest& request, Violations& violations) {
  CheckName("agreement.name", request.agreement().name(), violations);
  CheckEtag("agreement.etag", request.agreement().etag(), violations);
  CheckContent(request.agreement().content(), violations);
  CheckMask(request.update_mask(), violations);
  CheckRequestId(request.request_id(), violations);
}

void ValidateSubmitAgreement(const pb::SubmitAgreementRequest& request, Violations& violations) {
  CheckStep(request, violations);
}

void ValidateResendSignatureLink(const pb::ResendSignatureLinkRequest& request,
                                 Violations& violations) {
  CheckName("name", request.name(), violations);
  const auto party = ToParty(request.party());
  if (!party.has_value() || !MayTake(*party, AgreementStep::kSign)) {
    violations.Add("party", "must be a party that signs");
  }
  CheckRequestId(request.request_id(), violations);
}

void ValidateRequestSignatureCode(const pb::RequestSignatureCodeRequest& request,
                                  Violations& violations) {
  CheckName("name", request.name(), violations);
  CheckRequestId(request.request_id(), violations);
}

void ValidateSignAgreement(const pb::SignAgreementRequest& request, Violations& violations) {
  CheckName("name", request.name(), violations);
  CheckSignature(request.code(), request.document_hash(), violations);
  CheckRequestId(request.request_id(), violations);
}

void ValidateRecommendAgreement(const pb::RecommendAgreementRequest& request,
                                Violations& violations) {
  CheckStep(request, violations);
}

void ValidateReturnAgreement(const pb::ReturnAgreementRequest& request, Violations& violations) {
  CheckStepWithReason(request, violations);
}

void ValidateValidateAgreement(const pb::ValidateAgreementRequest& request,
                               Violations& violations) {
  CheckStep(request, violations);
}

void ValidateRejectAgreement(const pb::RejectAgreementRequest& request, Violations& violations) {
  CheckStepWithReason(request, violations);
}

void ValidateCancelAgreement(const pb::CancelAgreementRequest& request, Violations& violations) {
  CheckStepWithReason(request, violations);
}

void ValidateWriteStayReport(const pb::WriteStayReportRequest& request, Violations& violations) {
  CheckStep(request, violations);
  const pb::StayReport& report = request.report();
  CheckRequiredText("report.activities", report.activities(), kLongestReport, violations);
  CheckRequiredText("report.assessment", report.assessment(), kLongestReport, violations);
  if (report.rating() < 1 || report.rating() > 5) {
    violations.Add("report.rating", "must be from 1 to 5");
  }
}

void ValidateGetAgreementDocument(const pb::GetAgreementDocumentRequest& request,
                                  Violations& violations) {
  if (!ParseAgreementName(request.name(), "/document").has_value()) {
    violations.Add("name", "must be bookings/{uuid}/agreement/document");
  }
}

void ValidateListAgreementHistory(const pb::ListAgreementHistoryRequest& request,
                                  Violations& violations) {
  CheckName("parent", request.parent(), violations);
  if (request.page_size() < 0) violations.Add("page_size", "must not be negative");
}

void ValidateLookUpSignature(const pb::LookUpSignatureRequest& request, Violations& violations) {
  CheckToken(request.token(), violations);
}

void ValidateGetSignatureDocument(const pb::GetSignatureDocumentRequest& request,
                                  Violations& violations) {
  CheckToken(request.token(), violations);
}

void ValidateRequestCodeByLink(const pb::RequestCodeByLinkRequest& request,
                               Violations& violations) {
  CheckToken(request.token(), violations);
  CheckRequestId(request.request_id(), violations);
}

void ValidateSignByLink(const pb::SignByLinkRequest& request, Violations& violations) {
  CheckToken(request.token(), violations);
  CheckSignature(request.code(), request.document_hash(), violations);
  CheckRequestId(request.request_id(), violations);
}

}  // namespace dm::booking
