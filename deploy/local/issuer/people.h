#pragma once

#include "common/auth/token_signer.h"

#include <string>
#include <vector>

namespace dm::issuer {

// Somebody of the demonstration who may sign in.
struct Person {
  // What the person is called, in French.
  std::string display_name;
  // Who that is.
  std::string about;
  // Issuer, audience and times are the issuer's.
  auth::TokenClaims claims;
};

// Those of deploy/local/seed.
const std::vector<Person>& People();
// Null when there is no such subject.
const Person* FindPerson(const std::string& subject);

}  // namespace dm::issuer
