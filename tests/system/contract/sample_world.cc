#include "tests/system/contract/sample_world.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/text/uuid.h"
#include "google/api/annotations.pb.h"

#include <google/protobuf/util/json_util.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace dm::contract {
namespace {

using auth::Role;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using nlohmann::json;
using testing::HttpAnswer;

constexpr char kPerson[] = "canari";
constexpr char kPartner[] = "verdier";
// Of the demonstration: other ones than those that the person meets.
constexpr char kOtherCompany[] = "00061002200014";
constexpr char kOtherAmbassador[] = "019b8dd1-41e0-7253-8930-a490d8cc8b5d";
constexpr char kAmbassador[] = "019b8dd0-5780-7615-8c22-1e51d9c1fbd0";

std::string NewId() { return NewUuid(absl::Now()); }

[[noreturn]] void Fail(const std::string& what, const HttpAnswer& answer) {
  std::fprintf(stderr, "sample world: %s: %d %s\n", what.c_str(), answer.code, answer.body.c_str());
  std::abort();
}

const char* NameOf(Role role) {
  switch (role) {
    case Role::kApplicant:
      return "applicant";
    case Role::kGuardian:
      return "guardian";
    case Role::kHost:
      return "host";
    case Role::kAmbassador:
      return "ambassador";
    case Role::kAgency:
      return "agency";
    case Role::kPartner:
      return "partner";
    case Role::kOperator:
      return "operator";
    case Role::kAnonymous:
      break;
  }
  return "";
}

// Whose things they are, by the role that has them.
const char* SubjectOf(Role role) {
  if (role == Role::kApplicant) return kPerson;
  return role == Role::kPartner ? kPartner : NameOf(role);
}

json AgreementContent() {
  return {{"young",
           {{"givenName", "Zoé"},
            {"familyName", "Serinvert"},
            {"address", "1 rue du Bocage\n61100 Flers"}}},
          {"host", {{"legalName", "Entreprise d'essai"}, {"address", "2 rue du Marché, Flers"}}},
          {"tutor", {{"name", "Marc Dufour"}, {"function", "Chef"}, {"email", "t@e.example"}}},
          {"stay", {{"objectives", "Découvrir."}}}};
}

// The day that is so many days from today.
std::string DayIn(int days) {
  return absl::FormatCivilTime(absl::ToCivilDay(absl::Now(), absl::UTCTimeZone()) + days);
}

// What a field is given that no resource, and no line of kBodies, says more about.
std::string ValueOf(const FieldDescriptor& field) {
  static const auto* const kValues = new std::map<std::string, std::string>{
      {"reason", "Une raison assez longue pour être lue."},
      {"justification", "Une justification assez longue pour être lue."},
      {"text", "Un texte."},
      {"note", "Une note."},
      {"comment", "Un commentaire."},
      {"code", "123456"},
      {"document_hash", std::string(64, 'a')},
      {"text_hash", std::string(64, 'a')},
      {"token", "AAAAAAAAAAAAAAAAAAAAAA"},
      {"sign_date", DayIn(-30)},
      {"until", DayIn(200)},
      {"query", "bois"},
      {"rating", "4"}};
  if (field.name() == "request_id") return NewId();
  const auto found = kValues->find(field.name());
  return found == kValues->end() ? "" : found->second;
}

// Bodies that more is needed for; $… stands for the world's things.
const std::map<std::string, std::string>& Bodies() {
  static const auto* const kBodies = new std::map<std::string, std::string>{
      {"CreateBooking", R"({"session": "offers/$offer/sessions/$session"})"},
      {"CheckEligibility", R"({"session": "offers/$offer/sessions/$session"})"},
      {"RescheduleBooking", R"({"session": "offers/$offer/sessions/$session"})"},
      {"RecordAttendance", R"({"attendance": "ATTENDANCE_ATTENDED"})"},
      {"CreateAgreement", R"({"agreement": {"content": {"stay": {"objectives": "Voir."}}}})"},
      {"UpdateAgreement", R"({"agreement": {"content": {"stay": {"objectives": "Voir."}}}})"},
      {"ResendSignatureLink", R"({"party": "AGREEMENT_PARTY_TUTOR"})"},
      {"WriteStayReport",
       R"({"report": {"activities": "Observer.", "assessment": "Bien.", "rating": 4}})"},
      {"UpdateApplicant",
       R"({"applicant": {"birthDate": "1995-06-15", "level": "AUDIENCE_STUDENT",
           "department": "61"}})"},
      {"UpdateGuardian",
       R"({"guardian": {"displayName": "Merle", "email": "merle@demo.example"}})"},
      {"RecordConsent", R"({"scope": "SCOPE_ALL"})"},
      {"GiveConsent", R"({"scope": "SCOPE_ALL"})"},
      {"UpdateContact", R"({"contact": {"displayName": "Pie", "email": "pie@demo.example"}})"},
      {"GetOffer", R"({"name": "offers/$offer"})"},
      {"UpdateCompanySettings", R"({"settings": {"monthlyRequestQuota": 3}})"},
      {"ReportOffer", R"({"ground": "GROUND_OTHER"})"},
      {"ResolveOfferReport", R"({"outcome": "OUTCOME_UNFOUNDED"})"},
      {"CreateOffer",
       R"({"offer": {"title": "Un essai", "description": "Un essai.",
           "profession": "professions/H2405", "audiences": ["AUDIENCE_STUDENT"]}})"},
      {"UpdateOffer", R"({"offer": {"title": "Un autre titre"}, "updateMask": "title"})"},
      {"CreateSession",
       R"({"session": {"startTime": "2030-03-04T08:00:00Z", "endTime": "2030-03-04T15:00:00Z",
           "capacity": 2}})"},
      {"UpdateSession", R"({"session": {"capacity": 3}, "updateMask": "capacity"})"},
      {"ImportOfferBatch",
       R"({"start": {"source": "essai", "run": "$new"},
           "offers": [{"line": 1, "key": "essai", "withdrawn": true}]})"},
      {"BatchGetAmbassadors", R"({"names": ["ambassadors/$ambassador"]})"},
      {"BatchGetCompanies", R"({"names": ["companies/$company"]})"},
      {"BatchGetCompanySettings", R"({"names": ["companies/$company/settings"]})"},
      {"BatchGetOffers", R"({"names": ["offers/$offer"]})"},
      {"ListEvents", R"({"wait": 0})"},
      {"CreateWebhook", R"({"webhook": {"url": "https://partenaire.fr/"}})"},
      {"UpdateWebhook", R"({"webhook": {"displayName": "Pie"}, "updateMask": "displayName"})"},
  };
  return *kBodies;
}

// The pattern of the resource that the method's path binds to a field, with that field.
std::vector<std::pair<std::string, std::string>> BoundResources(
    const google::protobuf::MethodDescriptor& method) {
  std::vector<std::pair<std::string, std::string>> bound;
  if (!method.options().HasExtension(google::api::http)) return bound;
  const google::api::HttpRule& rule = method.options().GetExtension(google::api::http);
  std::string path;
  for (const std::string& one :
       {rule.get(), rule.post(), rule.patch(), rule.put(), rule.delete_()}) {
    if (!one.empty()) path = one;
  }
  const size_t open = path.find('{');
  if (open == std::string::npos) return bound;
  const std::string inner = path.substr(open + 1, path.find('}') - open - 1);
  const std::pair<std::string, std::string> field_and_pattern =
      absl::StrSplit(inner, absl::MaxSplits('=', 1));
  bound.push_back(field_and_pattern);
  return bound;
}

void SetText(Message* message, const std::string& field_path, const std::string& value) {
  const std::vector<std::string> names = absl::StrSplit(field_path, '.');
  for (size_t i = 0; i + 1 < names.size(); ++i) {
    const auto* field = message->GetDescriptor()->FindFieldByName(names[i]);
    message = message->GetReflection()->MutableMessage(message, field);
  }
  const auto* field = message->GetDescriptor()->FindFieldByName(names.back());
  message->GetReflection()->SetString(message, field, value);
}

// Fields of the message itself that have a value of their own.
void SetPlainFields(Message* message) {
  const auto& reflection = *message->GetReflection();
  for (int i = 0; i < message->GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *message->GetDescriptor()->field(i);
    const std::string value = ValueOf(field);
    if (field.is_repeated() || value.empty()) continue;
    if (field.type() == FieldDescriptor::TYPE_STRING) reflection.SetString(message, &field, value);
    if (field.type() == FieldDescriptor::TYPE_INT32) {
      reflection.SetInt32(message, &field, std::stoi(value));
    }
  }
}

}  // namespace

const char* SampleWorld::Person() { return kPerson; }

const std::vector<std::string>& SampleWorld::Secrets() {
  static const auto* const kSecrets = new std::vector<std::string>{
      "Serinvert", "serinvert@demo.example", "Merlebleu", "merlebleu@demo.example"};
  return *kSecrets;
}

SampleWorld::SampleWorld()
    : suite_(testing::Suite::Options{.booking_flags = {"--most-open-requests=1000"}}) {
  suite_.LoadDemonstration();
  suite_.RegisterPupils({kPerson, "etranger-applicant"});
  ids_ = {{"people", kPerson},
          {"partners", kPartner},
          {"professions", "H2405"},
          {"sources", "rome"},
          {"agencies", "61"},
          {"ambassadors", kAmbassador},
          {"people/*/consents", NewId()},
          {"erasures", NewId()}};
  TellSecrets();
  Book();
  WriteAgreement();
  RecordConsent();
  SendOffers();
  RegisterWebhook();
  for (const auto& [collection, id] : ids_) made_up_[collection] = NewId();
  made_up_["people"] = "faucon";
  made_up_["partners"] = "corbeau";
  made_up_["companies"] = "90000001900019";
  made_up_["professions"] = "Z9999";
  made_up_["sources"] = "nowa";
}

void SampleWorld::TellSecrets() {
  const std::string token = RightfulToken(Role::kApplicant);
  const std::string person = absl::StrCat(suite_.http(), "/v1/people/", kPerson);
  const auto patch = [&](const std::string& what, const json& body) {
    const HttpAnswer answer =
        testing::Fetch({.method = "PATCH",
                        .url = absl::StrCat(person, "/", what, "?requestId=", NewId()),
                        .token = token,
                        .body = body.dump()});
    if (answer.code != 200) Fail(what, answer);
  };
  patch("contact", {{"displayName", "Zoé Serinvert"}, {"email", "serinvert@demo.example"}});
  patch("guardian", {{"displayName", "Tuteur Merlebleu"}, {"email", "merlebleu@demo.example"}});
}

// Where the person may go with an agreement, and is awaited.
void SampleWorld::Book() {
  const HttpAnswer offers = suite_.Get("/v1/offers:search?page_size=100&departments=61");
  for (const json& offer : offers.json.value("offers", json::array())) {
    for (const json& session : offer.value("sessions", json::array())) {
      const std::string name = session.value("name", "");
      // Somebody else finds a seat too.
      if (session.value("available", 0) < 2) continue;
      if (offer.value("company", "") == absl::StrCat("companies/", kOtherCompany)) continue;
      const HttpAnswer booked =
          suite_.Post("/v1/bookings", {{"session", name}, {"requestId", NewId()}},
                      RightfulToken(Role::kApplicant));
      if (booked.code != 200) continue;
      const std::vector<std::string> parts = absl::StrSplit(name, '/');
      ids_["offers"] = parts.at(1);
      ids_["offers/*/sessions"] = parts.at(3);
      ids_["companies"] = booked.json.value("host", "").substr(10);
      ids_["bookings"] = booked.json.value("name", "").substr(9);
      const std::string path = absl::StrCat("/v1/bookings/", ids_["bookings"]);
      if (!booked.json.value("agreementRequired", false)) {
        const HttpAnswer given_up = suite_.Post(path + ":cancel", {{"requestId", NewId()}},
                                                RightfulToken(Role::kApplicant));
        if (given_up.code != 200) Fail("cancel", given_up);
        continue;
      }
      if (booked.json.value("state", "") != "STATE_CONFIRMED") {
        const HttpAnswer accepted =
            suite_.Post(path + ":accept", {{"requestId", NewId()}}, RightfulToken(Role::kHost));
        if (accepted.code != 200) Fail("accept", accepted);
      }
      return;
    }
  }
  Fail("no session to book", offers);
}

void SampleWorld::WriteAgreement() {
  const HttpAnswer written =
      suite_.Post(absl::StrCat("/v1/bookings/", ids_["bookings"], "/agreement?requestId=", NewId()),
                  {{"content", AgreementContent()}}, RightfulToken(Role::kHost));
  if (written.code != 200) Fail("agreement", written);
  const HttpAnswer sessions =
      suite_.Get(absl::StrCat("/v1/ambassadors/", kAmbassador, "/sessions"));
  if (sessions.json["sessions"].empty()) Fail("no meeting", sessions);
  const std::string meeting = sessions.json["sessions"][0].value("name", "");
  ids_["ambassadors/*/sessions"] = meeting.substr(meeting.rfind('/') + 1);
  const HttpAnswer report =
      suite_.Post(absl::StrCat("/v1/offers/", ids_["offers"], ":report"),
                  {{"ground", "GROUND_OTHER"}, {"text", "Faux."}, {"requestId", NewId()}},
                  RightfulToken(Role::kApplicant));
  if (report.code != 200) Fail("report", report);
  ids_["offerReports"] = report.json.value("name", "").substr(13);
}

// As the agency does from paper.
void SampleWorld::RecordConsent() {
  const HttpAnswer recorded = suite_.Post(absl::StrCat("/v1/people/", kPerson, "/consents"),
                                          {{"scope", "SCOPE_ALL"},
                                           {"signDate", DayIn(-30)},
                                           {"until", DayIn(200)},
                                           {"requestId", NewId()}},
                                          RightfulToken(Role::kAgency));
  if (recorded.code != 200) Fail("consent", recorded);
  const std::string name = recorded.json.value("name", "");
  ids_["people/*/consents"] = name.substr(name.rfind('/') + 1);
}

// From now on the source is the partner's.
void SampleWorld::SendOffers() {
  const HttpAnswer sent = suite_.Post(
      "/v1/offers:import", json::parse(FilledText(Bodies().at("ImportOfferBatch"), ids_)),
      RightfulToken(Role::kPartner));
  if (sent.code != 200) Fail("import", sent);
}

// Paused, since nobody listens there.
void SampleWorld::RegisterWebhook() {
  const std::string token = RightfulToken(Role::kPartner);
  const HttpAnswer webhook = suite_.Post(absl::StrCat("/v1/webhooks?requestId=", NewId()),
                                         {{"url", "https://partenaire.fr/"}}, token);
  if (webhook.code != 200) Fail("webhook", webhook);
  const std::string name = webhook.json.value("name", "");
  const HttpAnswer paused =
      suite_.Post(absl::StrCat("/v1/", name, ":pause"), {{"requestId", NewId()}}, token);
  if (paused.code != 200) Fail("pause", paused);
  ids_["webhooks"] = name.substr(9);
}

std::string SampleWorld::RightfulToken(Role role) const {
  if (role == Role::kAnonymous) return "";
  const auto siret = ids_.find("companies");
  auth::TokenClaims claims{.subject = SubjectOf(role),
                           .roles = {NameOf(role)},
                           .territory = {"14", "27", "50", "61", "76"},
                           .scopes = {"events.read", "offers.read", "offers.write"}};
  if (role == Role::kHost && siret != ids_.end()) claims.companies = {siret->second};
  if (role == Role::kAmbassador) claims.ambassador = kAmbassador;
  return suite_.Token(claims);
}

std::string SampleWorld::StrangersToken(Role role) const {
  // Each somebody of their own: what one of them did is not another's.
  auth::TokenClaims claims{.subject = absl::StrCat("etranger-", NameOf(role)),
                           .roles = {NameOf(role)},
                           .territory = {"2A"},
                           .scopes = {"events.read", "offers.read", "offers.write"}};
  if (role == Role::kHost) claims.companies = {kOtherCompany};
  if (role == Role::kAmbassador) claims.ambassador = kOtherAmbassador;
  return suite_.Token(claims);
}

std::string SampleWorld::Filled(const std::string& resource_pattern, const Ids& ids) {
  std::vector<std::string> segments = absl::StrSplit(resource_pattern, '/');
  std::vector<std::string> collection;
  for (std::string& segment : segments) {
    if (segment == "*") {
      const auto id = ids.find(absl::StrJoin(collection, "/"));
      if (id == ids.end()) {
        std::fprintf(stderr, "sample world: no id for %s\n", resource_pattern.c_str());
        segment = NewId();
        collection.push_back("*");
        continue;
      }
      segment = id->second;
      collection.push_back("*");
    } else {
      collection.push_back(segment);
    }
  }
  return absl::StrJoin(segments, "/");
}

std::string SampleWorld::FilledText(std::string text, const Ids& ids) {
  absl::StrReplaceAll({{"$new", NewId()},
                       {"$ambassador", ids.at("ambassadors")},
                       {"$company", ids.at("companies")},
                       {"$offer", ids.at("offers")},
                       {"$session", ids.at("offers/*/sessions")}},
                      &text);
  return text;
}

std::string SampleWorld::PathOf(const std::string& pattern) const {
  const size_t open = pattern.find('{');
  if (open == std::string::npos) return pattern;
  const size_t equals = pattern.find('=', open);
  const size_t close = pattern.find('}', open);
  return absl::StrCat(pattern.substr(0, open),
                      Filled(pattern.substr(equals + 1, close - equals - 1), ids_),
                      pattern.substr(close + 1));
}

bool SampleWorld::NamesAResource(const google::protobuf::MethodDescriptor& method) {
  return !BoundResources(method).empty();
}

std::unique_ptr<Message> SampleWorld::RequestOf(const google::protobuf::MethodDescriptor& method,
                                                Things things) const {
  const Ids& ids = things == Things::kMadeUp ? made_up_ : ids_;
  std::unique_ptr<Message> request(google::protobuf::MessageFactory::generated_factory()
                                       ->GetPrototype(method.input_type())
                                       ->New());
  SetPlainFields(request.get());
  const auto body = Bodies().find(method.name());
  if (body != Bodies().end()) {
    std::unique_ptr<Message> more(request->New());
    const auto parsed =
        google::protobuf::util::JsonStringToMessage(FilledText(body->second, ids), more.get());
    if (!parsed.ok()) {
      std::fprintf(stderr, "%s: %s\n", method.full_name().c_str(), parsed.ToString().c_str());
    }
    request->MergeFrom(*more);
  }
  for (const auto& [field, pattern] : BoundResources(method)) {
    SetText(request.get(), field, Filled(pattern, ids));
  }
  return request;
}

std::string SampleWorld::WithMadeUpNames(std::string text) const {
  std::vector<std::pair<std::string, std::string>> names;
  for (const auto& [collection, id] : ids_) names.emplace_back(id, made_up_.at(collection));
  absl::StrReplaceAll(names, &text);
  return text;
}

}  // namespace dm::contract
