#pragma once

#include "common/errors/error.h"
#include "destinationmetier/catalogue/v1/offer_service.pb.h"

namespace dm::catalogue {

// What is wrong with the form of a request, all of it at once.
void Validate(const destinationmetier::catalogue::v1::CreateOfferRequest& request,
              Violations& violations);
void Validate(const destinationmetier::catalogue::v1::GetOfferRecordRequest& request,
              Violations& violations);
void Validate(const destinationmetier::catalogue::v1::ListOfferRecordsRequest& request,
              Violations& violations);
void Validate(const destinationmetier::catalogue::v1::UpdateOfferRequest& request,
              Violations& violations);
void Validate(const destinationmetier::catalogue::v1::SubmitOfferRequest& request,
              Violations& violations);
void Validate(const destinationmetier::catalogue::v1::ApproveOfferRequest& request,
              Violations& violations);
void Validate(const destinationmetier::catalogue::v1::RejectOfferRequest& request,
              Violations& violations);
void Validate(const destinationmetier::catalogue::v1::SuspendOfferRequest& request,
              Violations& violations);
void Validate(const destinationmetier::catalogue::v1::ResumeOfferRequest& request,
              Violations& violations);
void Validate(const destinationmetier::catalogue::v1::ArchiveOfferRequest& request,
              Violations& violations);
void Validate(const destinationmetier::catalogue::v1::DuplicateOfferRequest& request,
              Violations& violations);
void Validate(const destinationmetier::catalogue::v1::CreateSessionRequest& request,
              Violations& violations);
void Validate(const destinationmetier::catalogue::v1::UpdateSessionRequest& request,
              Violations& violations);
void Validate(const destinationmetier::catalogue::v1::ExplainVisibilityRequest& request,
              Violations& violations);

}  // namespace dm::catalogue
