#pragma once

#include "absl/strings/string_view.h"
#include "common/errors/error.h"
#include "destinationmetier/booking/v1/agreement_service.pb.h"
#include "services/booking/agreements/agreement_desk.h"
#include "services/booking/domain/agreement.h"
#include "services/booking/store/agreement_lists.h"
#include "services/booking/store/agreement_store.h"

#include <optional>
#include <string>

// Between the messages of the agreements' API and the domain.
namespace dm::booking {

// With its agreement, which is there.
destinationmetier::booking::v1::Agreement ToMessage(const BookingWithAgreement& stay);
// As lists show it.
destinationmetier::booking::v1::Agreement ToMessage(const AgreementRow& row);
destinationmetier::booking::v1::AgreementContent ToMessage(const AgreementContent& content);
destinationmetier::booking::v1::AgreementHistoryEntry ToMessage(const AgreementHistoryRow& row);
destinationmetier::booking::v1::SignatureCode ToMessage(const CodeSent& code);
// What is asked of a party of the agreement that is there.
destinationmetier::booking::v1::SignatureRequest ToSignatureRequest(
    const BookingWithAgreement& stay, AgreementParty party);

// The content of a message. Days and hours that cannot be read count as the epoch: the validator
// refuses them.
AgreementContent FromMessage(const destinationmetier::booking::v1::AgreementContent& content);
// Adds a violation for every day and hour that cannot be read.
void CheckScheduleForms(const destinationmetier::booking::v1::AgreementContent& content,
                        absl::string_view prefix, Violations& violations);

// "bookings/{uuid}/agreement" (with `suffix` behind it): the booking's id in lower case. Absent for
// all else.
std::optional<std::string> ParseAgreementName(absl::string_view name,
                                              absl::string_view suffix = "");

// Absent for UNSPECIFIED and for values of a later version.
std::optional<AgreementParty> ToParty(int party);
std::optional<AgreementState> ToAgreementState(int state);

}  // namespace dm::booking
