#pragma once

#include "absl/strings/string_view.h"
#include "destinationmetier/booking/v1/people_service.pb.h"
#include "services/booking/domain/person_name.h"
#include "services/booking/domain/profile.h"
#include "services/booking/people/consents.h"

#include <cstdint>
#include <optional>
#include <string>

// Between the messages of PeopleService and the domain.
namespace dm::booking {

destinationmetier::booking::v1::Applicant ToMessage(const Profile& profile);
destinationmetier::booking::v1::Guardian ToMessage(const Guardian& guardian);
destinationmetier::booking::v1::Consent ToMessage(const ConsentRecord& record);
destinationmetier::booking::v1::ConsentRequest ToMessage(const GuardianView& view);

// Of "people/{subject}/consents/{uuid}".
struct ConsentName {
  std::string person;
  std::string id;
};
std::optional<ConsentName> ParseConsentName(absl::string_view name, const std::string& me);

// Absent for UNSPECIFIED and for values of a later version.
std::optional<Level> ToLevel(int audience);
std::optional<Consent::Scope> ToScope(int scope);

// The profile of a request that was validated.
Applicant ToApplicant(const destinationmetier::booking::v1::Applicant& message,
                      const std::string& person);

}  // namespace dm::booking
