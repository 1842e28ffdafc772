#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace dm::testing {

// Everything that an agreement needs to be submitted, as JSON of AgreementContent. The tutor's
// address is another one than the school's, since each signs by a mail of its own.
struct AgreementPeople {
  std::string given_name;
  std::string family_name;
  std::string address;
  std::string tutor_mail;
  std::string school_mail;
};

inline nlohmann::json FilledAgreement(const AgreementPeople& people) {
  return {{"young",
           {{"givenName", people.given_name},
            {"familyName", people.family_name},
            {"address", people.address}}},
          {"host", {{"legalName", "Entreprise d'essai"}, {"address", "2 rue du Marché, Flers"}}},
          {"tutor", {{"name", "Marc Dufour"}, {"function", "Chef"}, {"email", people.tutor_mail}}},
          {"school",
           {{"name", "Lycée d'essai"},
            {"referentName", "Claire Martin"},
            {"referentEmail", people.school_mail}}},
          {"stay",
           {{"professionTitle", "Métier d'essai"},
            {"objectives", "Découvrir."},
            {"activities", "Observer."},
            {"supervision", "Le tuteur est là."}}},
          {"insurance",
           {{"applicantInsurer", "Mutuelle"},
            {"applicantPolicy", "M 1"},
            {"hostInsurer", "Assurance"},
            {"hostPolicy", "A 1"}}}};
}

}  // namespace dm::testing
