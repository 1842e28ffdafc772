#include "deploy/local/issuer/people.h"

namespace dm::issuer {
namespace {

constexpr char kLemoine[] = "00061001400011";
constexpr char kJeanneLemoine[] = "019b8dd0-5780-7615-8c22-1e51d9c1fbd0";

Person Make(std::string display_name, std::string about, std::string subject, std::string role) {
  Person person{std::move(display_name), std::move(about), {}};
  person.claims.subject = std::move(subject);
  person.claims.roles = {std::move(role)};
  return person;
}

Person Host() {
  Person host = Make("Accueil du groupe Lemoine", "entreprise qui accueille, Caligny",
                     "hote-lemoine", "host");
  host.claims.companies = {kLemoine};
  return host;
}

Person Ambassador() {
  Person ambassador = Make("Jeanne Lemoine", "ambassadrice", "ambassadrice-lemoine", "ambassador");
  ambassador.claims.ambassador = kJeanneLemoine;
  return ambassador;
}

Person Clerk(std::string display_name, std::string subject) {
  Person clerk =
      Make(std::move(display_name), "agence, toute la Normandie", std::move(subject), "agency");
  clerk.claims.territory = {"14", "27", "50", "61", "76"};
  return clerk;
}

}  // namespace

const std::vector<Person>& People() {
  static const auto* const people = new std::vector<Person>{
      Make("Camille", "14 ans, élève de 3e : son responsable légal doit donner son accord",
           "eleve-14", "applicant"),
      Make("Responsable légal de Camille", "répond par le lien reçu par mail", "parent-14",
           "guardian"),
      Make("Lou", "17 ans, l'accord de son responsable légal est déjà donné", "eleve-17",
           "applicant"),
      Make("Dominique", "34 ans, en reconversion", "adulte-34", "applicant"),
      Host(),
      Ambassador(),
      Clerk("Alix Martin", "agence"),
      Clerk("Sam Durand", "agence-2"),
  };
  return *people;
}

const Person* FindPerson(const std::string& subject) {
  for (const Person& person : People()) {
    if (person.claims.subject == subject) return &person;
  }
  return nullptr;
}

}  // namespace dm::issuer
