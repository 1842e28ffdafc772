#pragma once

#include "common/errors/error.h"
#include "services/booking/domain/presence.h"
#include "services/booking/domain/scheme.h"

#include <string>
#include <vector>

namespace dm::booking {

// What the parties write into an agreement: all that a convention says and the suite does not know
// by itself. Texts may be empty as long as it is a draft.
struct AgreementContent {
  // Who comes.
  struct Young {
    std::string given_name;
    std::string family_name;
    std::string address;
    // Class or course: "3e B", "BTS MCO 1re année".
    std::string course;
    // Whom to call when something happens.
    std::string emergency_name;
    std::string emergency_phone;
    friend bool operator==(const Young&, const Young&) = default;
  };
  // Who holds parental authority.
  struct Guardian {
    std::string name;
    std::string email;
    std::string phone;
    friend bool operator==(const Guardian&, const Guardian&) = default;
  };
  struct Host {
    std::string legal_name;
    std::string address;
    // Where the stay takes place, when not at that address.
    std::string workplace;
    friend bool operator==(const Host&, const Host&) = default;
  };
  struct Tutor {
    std::string name;
    std::string function;
    std::string email;
    std::string phone;
    friend bool operator==(const Tutor&, const Tutor&) = default;
  };
  // The school, or the body that sends an adult.
  struct School {
    // Code of a French school: "0610021S". Empty for others.
    std::string uai;
    std::string name;
    std::string address;
    std::string referent_name;
    std::string referent_email;
    friend bool operator==(const School&, const School&) = default;
  };
  // What happens during the stay.
  struct Stay {
    // ROME code of the profession, and what it is called.
    std::string profession;
    std::string profession_title;
    std::string objectives;
    std::string activities;
    std::string supervision;
    // Protective equipment, rules of the house.
    std::string safety;
    std::string transport;
    std::string meals;
    std::string lodging;
    // Ascending days, each once.
    std::vector<PresenceDay> schedule;
    friend bool operator==(const Stay&, const Stay&) = default;
  };
  // Civil liability on either side.
  struct Insurance {
    std::string applicant_insurer;
    std::string applicant_policy;
    std::string host_insurer;
    std::string host_policy;
    friend bool operator==(const Insurance&, const Insurance&) = default;
  };

  Young young;
  Guardian guardian;
  Host host;
  Tutor tutor;
  School school;
  Stay stay;
  Insurance insurance;

  bool names_school() const { return !school.name.empty(); }

  friend bool operator==(const AgreementContent&, const AgreementContent&) = default;
};

// Days of presence that an agreement may have at most.
inline constexpr int kMostScheduleDays = 31;

// Characters of UTF-8.
int CharactersOf(absl::string_view text);

// Whether a text holds control characters (line breaks apart when it has `lines`), or marks that
// turn the direction of what follows: a paper shows what was written and nothing else.
bool HoldsUnprintable(absl::string_view text, bool lines);

// Adds a violation for every field of a wrong form: too long, characters that do not belong,
// addresses and codes that cannot be, days that overlap or make no sense. What is empty is not
// wrong. Paths are those of booking.v1.AgreementContent under `prefix` ("agreement.content.").
void CheckAgreementContent(const AgreementContent& content, absl::string_view prefix,
                           Violations& violations);

// Adds a violation for every day outside the stay.
void CheckScheduleWithin(const AgreementContent& content, absl::CivilDay first, absl::CivilDay last,
                         absl::string_view prefix, Violations& violations);

// Adds a violation for everything that must be there before anybody can be asked to sign: what is
// empty, and one mail address for two parties, since whoever reads it would sign for both.
void CheckAgreementComplete(const AgreementContent& content, Scheme scheme, bool minor,
                            absl::string_view prefix, Violations& violations);

}  // namespace dm::booking
