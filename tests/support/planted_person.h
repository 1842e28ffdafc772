#pragma once

#include "tests/support/suite.h"

#include <string>
#include <utility>
#include <vector>

namespace dm::testing {

// What is known of a person who leaves traces everywhere in the suite. Each text stands nowhere
// else in the demonstration, so that it can be searched for.
struct PlantedWords {
  // The person's id: no secret, and in no list of words.
  std::string subject = "eleve-semis";
  std::string given_name = "Zephyrine7";
  std::string family_name = "Quernevois7";
  std::string mail = "zephyrine7@maison-semis.example";
  std::string school = "0619873A";
  std::string address = "77 sente des Semis";
  std::string emergency_phone = "+33 2 33 77 70 01";
  std::string guardian_name = "Berthilde7 Quernevois";
  std::string guardian_mail = "berthilde7@maison-semis.example";
  std::string guardian_phone = "+33 2 33 77 70 02";
  std::string policy = "POLICE-SEMIS-77";
  std::string cancel_reason = "rendez-vous chez orthoptiste-7";
  std::string report_text = "offre signalee par Semis-7";
  // Seventeen years and a half ago, as old as the demonstration's student.
  std::string birth_date = StudentsBirthDate();

  static std::string StudentsBirthDate();
  // All but the subject.
  std::vector<std::string> All() const;
};

// Those of the texts that stand in `all`, as they are or as the hexadecimal digits of bytes.
std::vector<std::string> FoundIn(const std::string& all, const std::vector<std::string>& texts);

// A young person of the demonstration's world as she uses the suite over HTTP: everything that she
// can leave behind. What goes wrong fails the test.
class PlantedPerson {
 public:
  // `suite` has the demonstration, and outlives this.
  PlantedPerson(Suite* suite, PlantedWords words) : suite_(suite), words_(std::move(words)) {}

  // Contact, profile, guardian; a stay with consent, agreement and a code to sign with; a meeting
  // that is cancelled and one that is not; the report of an offer.
  void LiveHere();

  std::string Token() const { return suite_->PupilToken(words_.subject); }
  const PlantedWords& words() const { return words_; }
  // "bookings/…/agreement", and the booking of the meeting that is still to come.
  const std::string& agreement() const { return agreement_; }
  const std::string& meeting() const { return meeting_; }
  // The tokens of the links by which her guardian consented.
  const std::vector<std::string>& links() const { return links_; }

  HttpAnswer Patch(const std::string& path, const nlohmann::json& body,
                   const std::string& token) const;
  HttpAnswer Step(const std::string& name, const std::string& step, const std::string& token,
                  nlohmann::json body = nlohmann::json::object()) const;
  // Names of sessions of the demonstration: of offers, and of ambassadors.
  std::vector<std::string> Stays() const;
  std::vector<std::string> Meetings() const;

 private:
  void Introduce();
  nlohmann::json BookFirst(const std::vector<std::string>& sessions);
  void Consent(const std::string& booking);
  nlohmann::json Content() const;
  void AgreeOnAStay();

  Suite* const suite_;
  const PlantedWords words_;
  std::string agreement_;
  std::string meeting_;
  std::vector<std::string> links_;
};

}  // namespace dm::testing
