#include "tests/system/contract/exceptions.h"

namespace dm::contract {
namespace {

using auth::Role;
using grpc::StatusCode;

const Expected kAnswered = {StatusCode::OK, ""};
const Expected kInvalid = {StatusCode::INVALID_ARGUMENT, "INVALID_FIELDS"};

}  // namespace

const std::vector<Exception>& Exceptions() {
  static const auto* const kExceptions = new std::vector<Exception>{
      {"ModerationService/ReportOffer", Question::kStranger, Role::kAnonymous, kAnswered,
       "whoever is signed in reads the offer, and may say what is wrong with it"},
      {"OfferExchangeService/ImportOfferBatch",
       Question::kStranger,
       Role::kAnonymous,
       {StatusCode::NOT_FOUND, "RESOURCE_NOT_FOUND"},
       "a source belongs to who sent it first"},
      {"ContactService/UpdateContact",
       Question::kStranger,
       Role::kAgency,
       {StatusCode::PERMISSION_DENIED, "CONTACT_BOUND"},
       "an agent of anywhere sets a party's first contact, since contacts know no département, and "
       "so learns that there is one"},
      {"ContactService/UpdateContact", Question::kNoRequestId, Role::kAnonymous, kAnswered,
       "sets what it is told: the request_id is for those who want their first answer again"},
  };
  return *kExceptions;
}

}  // namespace dm::contract
