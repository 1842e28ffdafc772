// Row S22: what people are called, write and know is in no line of a log, no metric, no option
// shown and no span of any process, whatever they do with it.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/text/uuid.h"
#include "destinationmetier/booking/v1/booking_service.grpc.pb.h"
#include "tests/support/planted_person.h"
#include "tests/support/suite.h"
#include "tests/system/telemetry/collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

namespace dm {
namespace {

using nlohmann::json;
using testing::Collector;
using testing::FoundIn;
using testing::HttpAnswer;
using ::testing::IsEmpty;
using testing::PlantedPerson;
using testing::Suite;

const char* const kServices[] = {"catalogue", "ambassador", "booking", "notification", "gateway"};
constexpr char kCompany[] = "companies/90000001900019";

std::string NewId() { return NewUuid(absl::Now()); }

class CanaryTest : public ::testing::Test {
 protected:
  CanaryTest() : suite_(Options(collector_)), her_(&suite_, {}) { suite_.LoadDemonstration(); }

  static Suite::Options Options(const Collector& collector) {
    Suite::Options options;
    options.flags = {"--otlp-address=" + collector.address(), "--log-level=debug"};
    options.notification_flags = {"--webhook-private-addresses"};
    return options;
  }

  // Each word stands nowhere else, so that it is found however it was encoded.
  std::string Plant(const std::string& word) {
    planted_.insert(word);
    return word;
  }
  std::string PlantSecret(const std::string& secret) {
    secrets_.insert(secret);
    return secret;
  }

  // Somebody's mistakes: each text in a place where it does not belong.
  void Blunder() {
    const std::string pupil = her_.Token();
    const std::string url = suite_.http() + "/v1/";
    const auto send = [&](testing::HttpRequest request) {
      request.token = request.token.empty() ? pupil : request.token;
      const HttpAnswer answer = testing::Fetch(request);
      EXPECT_GE(answer.code, 200) << request.url;
      EXPECT_LT(answer.code, 500) << answer.body;
    };
    send({.url = url + "offers:search?query=" + Plant("aurelien9planchet9")});
    send({.url = url + "professions:search?query=" + Plant("0699887766")});
    send({.url = url + "people/" + Plant("melusine9vertbois9") + "@maison.example/contact"});
    send({.url = url + Plant("melusine9vertbois9") + "?mail=" + Plant("melusine9vertbois9") +
                 "@maison.example"});
    send({.method = "PATCH",
          .url = url + "people/me/contact",
          .body = "{\"displayName\": \"" + Plant("Cassiopee9 Lorvantin9")});
    send({.method = "PATCH",
          .url = url + "people/me/applicant",
          .body = json{{"birthDate", Plant("+33 6 99 99 00 01")}}.dump()});
    send({.method = "PATCH",
          .url = url + "people/me/contact?requestId=" + NewId(),
          .body = json{{"displayName", Plant("Barnabe9Hautecloque9") +
                                           "\r\nBcc: x@y.example\n{\"event\":\"forged\"}"},
                       {"email", "somebody@maison.example"}}
                      .dump()});
    send({.method = "PATCH",
          .url = url + "people/me/contact?requestId=" + NewId(),
          .body = json{{"displayName", "X"}, {"email", Plant("isidore9quatremer9") + " at nowhere"}}
                      .dump()});
    send({.method = "PATCH",
          .url = url + "people/me/applicant",
          .body = json{{"level", Plant("Melusine9Inconnue9")}, {Plant("Melusine9Inconnue9"), 1}}
                      .dump()});
    send({.url = url + "sectors",
          .headers = {"tracestate: person=" + Plant("prosper9outrelame9"),
                      "Accept-Language: " + Plant("prosper9outrelame9"),
                      "User-Agent: " + Plant("prosper9outrelame9"),
                      "X-Request-Id: " + Plant("prosper9outrelame9"),
                      "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                      "If-None-Match: \"" + Plant("prosper9outrelame9") + "\"",
                      "Cookie: who=" + Plant("prosper9outrelame9")}});
    send({.method = Plant("EGLANTINE9SURMOULIN9"), .url = url + "sectors"});
    send({.url = suite_.http() + "/connexion?from=" + Plant("philomene9agente9")});
    send({.url = url + "offers:search?page_token=" + Plant("sidonie9pageante9")});
    send({.url = url + "offers:search?order_by=" + Plant("theophile9etagere9")});
    send({.method = "POST",
          .url = url + "bookings",
          .body = json{{"session", Plant("gontran9soufflet9")},
                       {"requestId", Plant("gontran9soufflet9")}}
                      .dump()});
  }

  // The same over gRPC, past what HTTP checks.
  void BlunderOverGrpc() {
    namespace pb = destinationmetier::booking::v1;
    auto stub = pb::BookingService::NewStub(suite_.NewChannel());
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    context.AddMetadata("authorization", "Bearer " + her_.Token());
    context.AddMetadata("tracestate", "person=" + Plant("prosper9outrelame9"));
    pb::CreateBookingRequest request;
    request.set_session(Plant("gontran9soufflet9"));
    request.set_request_id(Plant("gontran9soufflet9"));
    pb::Booking booking;
    EXPECT_EQ(stub->CreateBooking(&context, request, &booking).error_code(),
              grpc::StatusCode::INVALID_ARGUMENT);
  }

  // Contacts of a host and of an ambassador, and what a host says no with.
  void OthersLiveHereToo() {
    const std::string host = suite_.HostToken(std::string(kCompany).substr(10));
    PlantSecret(host);
    EXPECT_EQ(her_.Patch(absl::StrCat("/v1/", kCompany, "/contact"),
                         {{"displayName", Plant("Tancrede9 Vaubezon9")},
                          {"email", Plant("tancrede9.vaubezon9@entreprise.example")}},
                         host)
                  .code,
              200);
    const std::vector<std::string> meetings = her_.Meetings();
    ASSERT_FALSE(meetings.empty());
    const std::string ambassador = meetings[0].substr(0, meetings[0].find("/sessions/"));
    const std::string mentor = suite_.Token(
        {.subject = "compte-mentor", .roles = {"ambassador"}, .ambassador = ambassador.substr(12)});
    PlantSecret(mentor);
    EXPECT_EQ(her_.Patch(absl::StrCat("/v1/", ambassador, "/contact"),
                         {{"displayName", Plant("Ysaline9 Corvemont9")},
                          {"email", Plant("ysaline9.corvemont9@mentor.example")}},
                         mentor)
                  .code,
              200);
    // A booking of somebody who gives a reason and is refused with one.
    suite_.RegisterPupils({"adulte-semis"});
    const std::string adult = suite_.PupilToken("adulte-semis");
    PlantSecret(adult);
    for (const std::string& session : meetings) {
      const HttpAnswer booked =
          suite_.Post("/v1/bookings", {{"session", session}, {"requestId", NewId()}}, adult);
      if (booked.code != 200) continue;
      her_.Step(booked.json.value("name", ""), "decline", mentor,
                {{"reason", Plant("refus pour Hildegarde9")}});
      her_.Step(booked.json.value("name", ""), "cancel", adult,
                {{"reason", Plant("trop malade selon Perrine9")}});
      break;
    }
  }

  // What opens something: of tokens that were used, of mails, of files, and wrong ones.
  void UseSecrets() {
    // All tokens begin alike, and none of hers is sent twice.
    const std::string own = her_.Token();
    PlantSecret(own.substr(0, own.find('.')));
    const std::string partner = suite_.Token({.subject = "partenaire",
                                              .roles = {"partner"},
                                              .territory = {"61"},
                                              .scopes = {"events.read"}});
    PlantSecret(partner);
    const HttpAnswer webhook = suite_.Post(
        "/v1/webhooks?requestId=" + NewId(),
        {{"url", "http://127.0.0.1:9/hooks/" + PlantSecret("sesame9crochet9")}}, partner);
    ASSERT_EQ(webhook.code, 200) << webhook.body;
    const std::string secret = webhook.json.value("secret", "");
    ASSERT_NE(secret, "");
    PlantSecret(secret);
    // Malformed and forged ones, in the header, in the URL and in a cookie.
    const std::string forged = own.substr(0, own.size() - 20) + "sesame9forgee9";
    for (const std::string& token : {std::string("sesame9malforme9"), forged}) {
      EXPECT_EQ(suite_.Get("/v1/people/me/contact", token).code, 401);
      PlantSecret(token);
    }
    (void)suite_.Get("/v1/people/me/contact?access_token=" + PlantSecret("sesame9adresse9"));
    (void)testing::Fetch({.url = suite_.http() + "/v1/sectors",
                          .headers = {"Cookie: dm_session=" + PlantSecret("sesame9biscuit9")}});
    EXPECT_EQ(
        suite_
            .Post("/v1/consentRequests:lookup", {{"token", PlantSecret("sesame9liensesame9lien")}})
            .code,
        404);
    for (const std::string& link : her_.links()) PlantSecret(link);
    // Of the suite's files.
    PlantSecret(std::string(64, 'k'));
    PlantSecret(std::string(64, '5'));
  }

  // The links that mails end with, and the codes that they hold.
  void CollectFromMails() {
    for (std::string mail : suite_.Mails()) {
      absl::StrReplaceAll({{"=\r\n", ""}, {"=\n", ""}, {"=3D", "="}}, &mail);
      for (const char* mark : {"/desabonnement#", "/desabonnement/", "/signature#"}) {
        const size_t found = mail.find(mark);
        if (found == std::string::npos) continue;
        const std::string token = mail.substr(found + std::string(mark).size(), 22);
        if (token.find_first_of(" <>\"\r\n") == std::string::npos) PlantSecret(token);
      }
    }
  }

  void EraseHer() {
    const HttpAnswer erased =
        suite_.Post("/v1/people/me:erase", {{"requestId", NewId()}}, her_.Token());
    ASSERT_EQ(erased.code, 200) << erased.body;
    Suite::WaitUntil("she is erased", [&] {
      const HttpAnswer shown = suite_.Get("/v1/" + erased.json.value("name", ""), her_.Token());
      return shown.code == 200 && shown.json.value("state", "") == "STATE_COMPLETED";
    });
  }

  void AwaitSpans() {
    // Whatever was recorded until now has left its process when spans of later calls have.
    std::map<std::string, size_t> before;
    for (const auto& span : collector_.spans()) ++before[span.service];
    EXPECT_EQ(before.size(), 5u) << "every service has told something";
    const std::string last = "00-5af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    (void)testing::Fetch({.url = suite_.http() + "/v1/people/me/applicant",
                          .token = her_.Token(),
                          .headers = {"traceparent: " + last}});
    Suite::WaitUntil("the last call is told", [&] {
      std::set<std::string> told;
      for (const auto& span : collector_.SpansOf(last.substr(3, 32))) told.insert(span.service);
      return told.contains("gateway") && told.contains("booking");
    });
  }

  // Where each of the texts was found.
  std::vector<std::string> Leaks(const std::vector<std::string>& texts) {
    std::vector<std::string> leaks;
    const auto search = [&](const std::string& where, const std::string& all) {
      for (const std::string& text : FoundIn(all, texts)) leaks.push_back(where + ": " + text);
    };
    for (const char* service : kServices) {
      search(absl::StrCat("log of ", service), suite_.LogOf(service));
      for (const char* page : {"/metrics", "/configz", "/readyz", "/healthz"}) {
        const HttpAnswer shown = testing::Fetch({.url = suite_.AdminUrl(service) + page});
        EXPECT_EQ(shown.code, 200) << service << page;
        search(absl::StrCat(service, page), shown.body);
      }
    }
    search("spans", collector_.Text());
    return leaks;
  }

  // Row S23, end to end: each line is an object of ours, whatever was written into it.
  void ExpectWholeLines() {
    for (const char* service : kServices) {
      const std::string log = suite_.LogOf(service);
      int lines = 0;
      for (const absl::string_view text : absl::StrSplit(log, '\n', absl::SkipEmpty())) {
        const json line = json::parse(text, nullptr, /*allow_exceptions=*/false);
        ASSERT_TRUE(line.is_object()) << service << ": " << text;
        for (const char* field : {"time", "severity", "event"}) {
          EXPECT_TRUE(line.contains(field)) << text;
        }
        EXPECT_EQ(line.value("service", ""), service);
        EXPECT_NE(line.value("event", ""), "forged");
        // Every call can be followed.
        if (line.value("event", "") == "call") {
          EXPECT_EQ(line.value("trace", "").size(), 32u) << text;
        }
        ++lines;
      }
      EXPECT_GT(lines, 10) << service;
    }
  }

  Collector collector_;
  Suite suite_;
  PlantedPerson her_;
  std::set<std::string> planted_;
  std::set<std::string> secrets_;
};

TEST_F(CanaryTest, NothingOfPeopleAndNoSecretIsInLogsMetricsOptionsOrSpans) {
  ASSERT_NO_FATAL_FAILURE(her_.LiveHere());
  ASSERT_NO_FATAL_FAILURE(OthersLiveHereToo());
  Blunder();
  BlunderOverGrpc();
  ASSERT_NO_FATAL_FAILURE(UseSecrets());
  CollectFromMails();

  const std::vector<std::string> hers = her_.words().All();
  planted_.insert(hers.begin(), hers.end());
  const std::vector<std::string> people(planted_.begin(), planted_.end());
  const std::vector<std::string> secrets(secrets_.begin(), secrets_.end());
  EXPECT_GE(people.size(), 30u);
  EXPECT_GE(secrets.size(), 10u);
  // What finds nothing elsewhere does find it where it belongs.
  const std::vector<std::string> kept = FoundIn(suite_.Dump(), people);
  EXPECT_THAT(kept, ::testing::IsSupersetOf(hers));
  EXPECT_THAT(
      kept, ::testing::IsSupersetOf({"Tancrede9 Vaubezon9", "ysaline9.corvemont9@mentor.example"}));

  EraseHer();
  AwaitSpans();
  EXPECT_THAT(Leaks(people), IsEmpty());
  EXPECT_THAT(Leaks(secrets), IsEmpty());
  EXPECT_GT(collector_.spans().size(), 200u);
  ExpectWholeLines();
}

}  // namespace
}  // namespace dm
