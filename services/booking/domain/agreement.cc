#include "services/booking/domain/agreement.h"

#include "absl/algorithm/container.h"

namespace dm::booking {

absl::string_view SignatureMethodName(SignatureMethod method) {
  return method == SignatureMethod::kAccountAndCode ? "ACCOUNT_AND_CODE" : "LINK_AND_CODE";
}

std::optional<SignatureMethod> ParseSignatureMethod(absl::string_view name) {
  for (const SignatureMethod method :
       {SignatureMethod::kAccountAndCode, SignatureMethod::kLinkAndCode}) {
    if (SignatureMethodName(method) == name) return method;
  }
  return std::nullopt;
}

const Signatory* Agreement::FindSignatory(AgreementParty party) const {
  const auto found = absl::c_find_if(
      signatories, [party](const Signatory& signatory) { return signatory.party == party; });
  return found == signatories.end() ? nullptr : &*found;
}

int Agreement::MissingSignatures() const {
  return static_cast<int>(absl::c_count_if(
      signatories, [](const Signatory& signatory) { return !signatory.signature.has_value(); }));
}

std::optional<absl::Time> NextAgreementReview(const Agreement& agreement) {
  if (IsFinal(agreement.state) || agreement.state == AgreementState::kValidated) {
    return std::nullopt;
  }
  return agreement.start_time;
}

}  // namespace dm::booking
