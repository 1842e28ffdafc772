#pragma once

#include "destinationmetier/catalogue/v1/catalogue_service.pb.h"
#include "destinationmetier/catalogue/v1/reference_service.pb.h"

// Requests that ask the same become the same, so that they share an answer and the page tokens that
// it holds: words without case and accents, lists in order and without repeats, what was left to
// the server as it will be taken. A request that is changed so asks for what it asked for before,
// and changing it again changes nothing.
namespace dm::catalogue {

void Normalise(destinationmetier::catalogue::v1::SearchOffersRequest* request);
void Normalise(destinationmetier::catalogue::v1::SearchProfessionsRequest* request);
void Normalise(destinationmetier::catalogue::v1::SuggestProfessionsRequest* request);
void Normalise(destinationmetier::catalogue::v1::SearchCompaniesRequest* request);
void Normalise(destinationmetier::catalogue::v1::BatchGetCompaniesRequest* request);
void Normalise(destinationmetier::catalogue::v1::BatchGetOffersRequest* request);
void Normalise(destinationmetier::catalogue::v1::ListCommunesRequest* request);
void Normalise(destinationmetier::catalogue::v1::ListSchoolsRequest* request);
// Of all others nothing is left to choose.
template <typename Request>
void Normalise(Request*) {}

}  // namespace dm::catalogue
