#include "tests/support/planted_person.h"

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/civil_time.h"
#include "absl/time/clock.h"
#include "common/text/uuid.h"

#include <gtest/gtest.h>

#include <set>

namespace dm::testing {
namespace {

using nlohmann::json;

std::string NewId() { return NewUuid(absl::Now()); }

}  // namespace

std::string PlantedWords::StudentsBirthDate() {
  const absl::CivilMonth now = absl::ToCivilMonth(absl::Now(), absl::UTCTimeZone());
  return absl::FormatCivilTime(absl::CivilDay(now - 17 * 12 - 6) + 12);
}

std::vector<std::string> PlantedWords::All() const {
  return {given_name,      family_name,   mail,          school,         address,
          emergency_phone, guardian_name, guardian_mail, guardian_phone, policy,
          cancel_reason,   report_text,   birth_date};
}

std::vector<std::string> FoundIn(const std::string& all, const std::vector<std::string>& texts) {
  std::vector<std::string> found;
  for (const std::string& text : texts) {
    if (absl::StrContains(all, text) || absl::StrContains(all, absl::BytesToHexString(text))) {
      found.push_back(text);
    }
  }
  return found;
}

HttpAnswer PlantedPerson::Patch(const std::string& path, const json& body,
                                const std::string& token) const {
  return Fetch({.method = "PATCH",
                .url = absl::StrCat(suite_->http(), path, "?requestId=", NewId()),
                .token = token,
                .body = body.dump()});
}

HttpAnswer PlantedPerson::Step(const std::string& name, const std::string& step,
                               const std::string& token, json body) const {
  body["requestId"] = NewId();
  return suite_->Post(absl::StrCat("/v1/", name, ":", step), body, token);
}

void PlantedPerson::Introduce() {
  const HttpAnswer contact =
      Patch("/v1/people/me/contact",
            {{"displayName", absl::StrCat(words_.given_name, " ", words_.family_name)},
             {"email", words_.mail}},
            Token());
  ASSERT_EQ(contact.code, 200) << contact.body;
  const HttpAnswer applicant = Patch("/v1/people/me/applicant",
                                     {{"birthDate", words_.birth_date},
                                      {"level", "AUDIENCE_STUDENT"},
                                      {"school", words_.school},
                                      {"department", "61"}},
                                     Token());
  ASSERT_EQ(applicant.code, 200) << applicant.body;
  const HttpAnswer guardian =
      Patch("/v1/people/me/guardian",
            {{"displayName", words_.guardian_name}, {"email", words_.guardian_mail}}, Token());
  ASSERT_EQ(guardian.code, 200) << guardian.body;
}

// The first of those that she may book.
json PlantedPerson::BookFirst(const std::vector<std::string>& sessions) {
  for (const std::string& session : sessions) {
    const HttpAnswer booked =
        suite_->Post("/v1/bookings", {{"session", session}, {"requestId", NewId()}}, Token());
    if (booked.code == 200) return booked.json;
  }
  ADD_FAILURE() << "the demonstration has nothing that she may book";
  return {};
}

std::vector<std::string> PlantedPerson::Stays() const {
  std::vector<std::string> names;
  const HttpAnswer offers = suite_->Get("/v1/offers:search?page_size=100&departments=61");
  EXPECT_EQ(offers.code, 200) << offers.body;
  for (const json& offer : offers.json.value("offers", json::array())) {
    for (const json& session : offer.value("sessions", json::array())) {
      names.push_back(session.value("name", ""));
    }
  }
  return names;
}

std::vector<std::string> PlantedPerson::Meetings() const {
  std::vector<std::string> names;
  const HttpAnswer ambassadors = suite_->Get("/v1/ambassadors:search?departments=61");
  EXPECT_EQ(ambassadors.code, 200) << ambassadors.body;
  for (const json& ambassador : ambassadors.json.value("ambassadors", json::array())) {
    const HttpAnswer sessions =
        suite_->Get(absl::StrCat("/v1/", ambassador.value("name", ""), "/sessions"));
    for (const json& session : sessions.json.value("sessions", json::array())) {
      names.push_back(session.value("name", ""));
    }
  }
  return names;
}

// The guardian agrees to it by the link in the mail.
void PlantedPerson::Consent(const std::string& booking) {
  std::set<std::string> tokens;
  const auto asked_by_mail = [&] {
    for (std::string mail : suite_->Mails()) {
      absl::StrReplaceAll({{"=\r\n", ""}, {"=\n", ""}}, &mail);
      const std::string mark = "/consentement#";
      const size_t found = mail.find(mark);
      if (found != std::string::npos && absl::StrContains(mail, words_.guardian_mail)) {
        tokens.insert(mail.substr(found + mark.size(), 22));
      }
    }
    return !tokens.empty();
  };
  Suite::WaitUntil("the guardian has mail", asked_by_mail);
  links_.assign(tokens.begin(), tokens.end());
  for (const std::string& token : tokens) {
    const HttpAnswer asked = suite_->Post("/v1/consentRequests:lookup", {{"token", token}});
    if (asked.code != 200 || asked.json["choices"].empty()) continue;
    const json choice = asked.json["choices"][0];
    const HttpAnswer given =
        suite_->Post("/v1/consentRequests:give", {{"token", token},
                                                  {"scope", choice["scope"]},
                                                  {"textHash", choice["textHash"]},
                                                  {"requestId", NewId()}});
    EXPECT_EQ(given.code, 200) << given.body;
  }
  Suite::WaitUntil("the consent has moved the booking on", [&] {
    return suite_->Get("/v1/" + booking, Token()).json.value("state", "") !=
           "STATE_PENDING_CONSENT";
  });
}

json PlantedPerson::Content() const {
  return {{"young",
           {{"givenName", words_.given_name},
            {"familyName", words_.family_name},
            {"address", words_.address},
            {"emergencyName", words_.guardian_name},
            {"emergencyPhone", words_.emergency_phone}}},
          {"guardian",
           {{"name", words_.guardian_name},
            {"email", words_.guardian_mail},
            {"phone", words_.guardian_phone}}},
          {"host", {{"legalName", "Entreprise d'essai"}, {"address", "2 rue du Marché, Flers"}}},
          {"tutor",
           {{"name", "Marc Dufour"}, {"function", "Chef"}, {"email", "tuteur@exemple.example"}}},
          {"school",
           {{"name", "Lycée d'essai"},
            {"referentName", "Claire Martin"},
            {"referentEmail", "referente@exemple.example"}}},
          {"stay",
           {{"professionTitle", "Métier d'essai"},
            {"objectives", "Découvrir."},
            {"activities", "Observer."},
            {"supervision", "Le tuteur est là."}}},
          {"insurance",
           {{"applicantInsurer", "Mutuelle"},
            {"applicantPolicy", words_.policy},
            {"hostInsurer", "Assurance"},
            {"hostPolicy", "A 1"}}}};
}

// A stay that is confirmed and whose agreement waits for signatures.
void PlantedPerson::AgreeOnAStay() {
  const json stay = BookFirst(Stays());
  const std::string name = stay.value("name", "");
  if (stay.value("state", "") == "STATE_PENDING_CONSENT") Consent(name);
  const std::string host = suite_->HostToken(stay.value("host", "").substr(10));
  if (suite_->Get("/v1/" + name, Token()).json.value("state", "") == "STATE_PENDING_HOST") {
    const HttpAnswer accepted = Step(name, "accept", host);
    ASSERT_EQ(accepted.code, 200) << accepted.body;
  }
  const std::string agreement = name + "/agreement";
  const HttpAnswer created = suite_->Post(absl::StrCat("/v1/", agreement, "?requestId=", NewId()),
                                          {{"content", Content()}}, host);
  ASSERT_EQ(created.code, 200) << created.body;
  const HttpAnswer submitted = Step(agreement, "submit", host);
  ASSERT_EQ(submitted.code, 200) << submitted.body;
  ASSERT_EQ(Step(agreement, "requestCode", Token()).code, 200);
  EXPECT_EQ(suite_->Get(absl::StrCat("/v1/", agreement, "/document"), Token()).code, 200);
  agreement_ = agreement;
}

void PlantedPerson::LiveHere() {
  ASSERT_NO_FATAL_FAILURE(Introduce());
  ASSERT_NO_FATAL_FAILURE(AgreeOnAStay());
  const json cancelled = BookFirst(Meetings());
  const HttpAnswer cancel =
      Step(cancelled.value("name", ""), "cancel", Token(), {{"reason", words_.cancel_reason}});
  ASSERT_EQ(cancel.code, 200) << cancel.body;
  // Still to come when she goes.
  meeting_ = BookFirst(Meetings()).value("name", "");
  const HttpAnswer offers = suite_->Get("/v1/offers:search?page_size=1");
  const HttpAnswer reported = Step(offers.json["offers"][0].value("name", ""), "report", Token(),
                                   {{"ground", "GROUND_OTHER"}, {"text", words_.report_text}});
  ASSERT_EQ(reported.code, 200) << reported.body;
}

}  // namespace dm::testing
