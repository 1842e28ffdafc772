#pragma once

#include "common/auth/caller.h"

#include <grpcpp/grpcpp.h>

#include <string>
#include <vector>

namespace dm::contract {

// What is asked of every method.
enum class Question {
  kNoToken,
  kWrongRole,
  // Of what belongs to another person, company or territory.
  kStranger,
  kMalformed,
  kOversized,
  kUnknownField,
  kNoRequestId,
};

struct Expected {
  grpc::StatusCode code;
  // Empty: whatever it is.
  std::string reason;
};

// A method that answers otherwise than the method table and the descriptors say. Every line needs
// its reason: without one it is a defect.
struct Exception {
  // "BookingService/ListBookings".
  std::string method;
  Question question;
  // kAnonymous: for every role.
  auth::Role role = auth::Role::kAnonymous;
  Expected expected;
  std::string why;
};

const std::vector<Exception>& Exceptions();

}  // namespace dm::contract
