// One booking over HTTP is one trace, from the gateway to the mail.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/telemetry/trace_context.h"
#include "common/text/uuid.h"
#include "destinationmetier/catalogue/v1/catalogue_service.grpc.pb.h"
#include "tests/support/suite.h"
#include "tests/system/telemetry/collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <functional>
#include <map>
#include <optional>
#include <set>

namespace dm {
namespace {

using nlohmann::json;
using telemetry::SpanIdOf;
using telemetry::TraceIdOf;
using testing::CollectedSpan;
using testing::Collector;
using testing::HttpAnswer;
using testing::Suite;

constexpr char kCreate[] = "destinationmetier.booking.v1.BookingService/CreateBooking";
const char* const kServices[] = {"catalogue", "ambassador", "booking", "notification", "gateway"};

std::string NewId() { return NewUuid(absl::Now()); }

// What a client sends that traces by itself.
std::string ClientsTraceparent(bool sampled) {
  return telemetry::ContinueTrace("").substr(0, 53) + (sampled ? "01" : "00");
}

class TraceTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    sessions_.clear();
    next_session_ = 0;
    collector_ = new Collector();
    Suite::Options options = Suite::LenientBooking();
    options.flags.push_back("--otlp-address=" + collector_->address());
    suite_ = new Suite(options);
    suite_->LoadDemonstration();
    suite_->RegisterPupils({"eleve-trace"});
  }
  static void TearDownTestSuite() {
    delete suite_;
    suite_ = nullptr;
    delete collector_;
    collector_ = nullptr;
  }

  // A stay or a meeting that no test has used yet.
  static std::string FreshSession() {
    if (sessions_.empty()) {
      const HttpAnswer offers = suite_->Get("/v1/offers:search?page_size=100&available_only=true");
      for (const json& offer : offers.json.value("offers", json::array())) {
        for (const json& session : offer.value("sessions", json::array())) {
          sessions_.push_back(session.value("name", ""));
        }
      }
    }
    EXPECT_GT(sessions_.size(), next_session_);
    return next_session_ < sessions_.size() ? sessions_[next_session_++] : "";
  }

  // The answer to a booking that a client asks for within its own trace. Sessions that overlap with
  // what is booked already are passed over.
  static HttpAnswer Book(const std::string& traceparent) {
    HttpAnswer answer;
    for (int i = 0; i < 20; ++i) {
      answer = testing::Fetch(
          {.method = "POST",
           .url = suite_->http() + "/v1/bookings",
           .token = suite_->PupilToken("eleve-trace"),
           .body = json{{"session", FreshSession()}, {"requestId", NewId()}}.dump(),
           .headers = {"traceparent: " + traceparent, "tracestate: vendor=opaque,other=1"}});
      if (answer.code == 200) break;
    }
    EXPECT_EQ(answer.code, 200) << answer.body;
    return answer;
  }

  using Test = std::function<bool(const CollectedSpan&)>;
  static std::optional<CollectedSpan> Find(const std::vector<CollectedSpan>& spans,
                                           const std::string& service, const std::string& name,
                                           int kind, const Test& also = nullptr) {
    for (const CollectedSpan& span : spans) {
      if (span.service == service && span.message.name() == name && span.message.kind() == kind &&
          (!also || also(span))) {
        return span;
      }
    }
    return std::nullopt;
  }

  // A tree below what the client sent.
  static void ExpectWhole(const std::vector<CollectedSpan>& spans, const std::string& traceparent) {
    // Every parent is there, and nothing ends before it begins or begins before its parent.
    std::map<std::string, CollectedSpan> by_id;
    for (const CollectedSpan& span : spans) {
      EXPECT_TRUE(by_id.emplace(span.span, span).second) << "two spans have one id";
    }
    for (const CollectedSpan& span : spans) {
      EXPECT_LE(span.message.start_time_unix_nano(), span.message.end_time_unix_nano());
      EXPECT_EQ(span.message.status().code(), 0) << span.service << " " << span.message.name();
      if (span.parent == SpanIdOf(traceparent)) continue;
      const auto parent = by_id.find(span.parent);
      ASSERT_NE(parent, by_id.end()) << span.service << " " << span.message.name();
      EXPECT_GE(span.message.start_time_unix_nano(), parent->second.message.start_time_unix_nano())
          << span.message.name();
    }
  }

  static Collector* collector_;
  static Suite* suite_;
  // Of this suite.
  static std::vector<std::string> sessions_;
  static size_t next_session_;
};

Collector* TraceTest::collector_ = nullptr;
Suite* TraceTest::suite_ = nullptr;
std::vector<std::string> TraceTest::sessions_;
size_t TraceTest::next_session_ = 0;

constexpr int kInternal = 1;
constexpr int kServer = 2;
constexpr int kClient = 3;
constexpr int kProducer = 4;
constexpr int kConsumer = 5;

TEST_F(TraceTest, ABookingIsOneTraceFromTheGatewayToTheMail) {
  const std::string traceparent = ClientsTraceparent(true);
  const std::string trace(TraceIdOf(traceparent));
  const HttpAnswer answer = Book(traceparent);
  EXPECT_EQ(TraceIdOf(answer.headers.at("traceparent")), trace);

  Suite::WaitUntil("the mail is told", [&] {
    const auto spans = collector_->SpansOf(trace);
    return Find(spans, "notification", "send mail", kProducer).has_value() &&
           Find(spans, "catalogue", "process SeatsChanged", kConsumer).has_value() &&
           Find(spans, "ambassador", "process SeatsChanged", kConsumer).has_value() &&
           Find(spans, "gateway", absl::StrCat("POST ", kCreate), kServer).has_value() &&
           Find(spans, "booking", kCreate, kServer).has_value();
  });
  const std::vector<CollectedSpan> spans = collector_->SpansOf(trace);

  const auto http = Find(
      spans, "gateway", absl::StrCat("POST ", kCreate), kServer,
      [](const CollectedSpan& s) { return s.Attribute("http.response.status_code") == "200"; });
  ASSERT_TRUE(http.has_value());
  EXPECT_EQ(http->parent, SpanIdOf(traceparent));
  EXPECT_EQ(http->span, SpanIdOf(answer.headers.at("traceparent")));
  EXPECT_EQ(http->Attribute("http.request.method"), "POST");
  EXPECT_EQ(http->message.trace_state(), "");

  const auto call = Find(spans, "gateway", kCreate, kClient,
                         [&](const CollectedSpan& s) { return s.parent == http->span; });
  ASSERT_TRUE(call.has_value());
  EXPECT_EQ(call->Attribute("rpc.system"), "grpc");
  EXPECT_EQ(call->Attribute("rpc.method"), "CreateBooking");
  EXPECT_EQ(call->Attribute("rpc.grpc.status_code"), "0");

  const auto served = Find(spans, "booking", kCreate, kServer,
                           [&](const CollectedSpan& s) { return s.parent == call->span; });
  ASSERT_TRUE(served.has_value());
  EXPECT_EQ(served->Attribute("rpc.service"), "destinationmetier.booking.v1.BookingService");

  const auto batch = Find(spans, "booking", "ledger batch", kInternal,
                          [&](const CollectedSpan& s) { return s.parent == served->span; });
  ASSERT_TRUE(batch.has_value());
  EXPECT_EQ(batch->Attribute("dm.batch.commands"), "1");
  const auto written = Find(spans, "booking", "write", kClient,
                            [&](const CollectedSpan& s) { return s.parent == batch->span; });
  ASSERT_TRUE(written.has_value());
  EXPECT_EQ(written->Attribute("db.system"), "postgresql");
  EXPECT_THAT(written->Attribute("db.query.summary"), ::testing::HasSubstr("append_to_outbox"));

  for (const char* service : {"catalogue", "ambassador"}) {
    const auto seats = Find(spans, service, "process SeatsChanged", kConsumer);
    ASSERT_TRUE(seats.has_value()) << service;
    EXPECT_EQ(seats->parent, served->span) << service;
    EXPECT_EQ(seats->Attribute("messaging.destination.name"), "booking");
  }
  const auto told = Find(spans, "notification", "process BookingChanged", kConsumer);
  ASSERT_TRUE(told.has_value());
  EXPECT_EQ(told->parent, served->span);
  const auto mail = Find(spans, "notification", "send mail", kProducer);
  ASSERT_TRUE(mail.has_value());
  EXPECT_EQ(mail->parent, told->span);
  EXPECT_EQ(mail->Attribute("dm.mail.result"), "sent");
  EXPECT_THAT(mail->Attribute("dm.mail.kind"), ::testing::Not(::testing::IsEmpty()));

  ExpectWhole(spans, traceparent);
}

TEST_F(TraceTest, WhatTheClientDoesNotSampleIsRecordedByNobody) {
  const std::string traceparent = ClientsTraceparent(false);
  const HttpAnswer answer = Book(traceparent);
  EXPECT_EQ(answer.headers.at("traceparent").substr(3, 32), traceparent.substr(3, 32));
  EXPECT_EQ(answer.headers.at("traceparent").substr(52), "-00");
  // What was asked for later has arrived with its mail, so the other would have.
  const std::string later = ClientsTraceparent(true);
  Book(later);
  Suite::WaitUntil("a later booking is told", [&] {
    return Find(collector_->SpansOf(std::string(TraceIdOf(later))), "notification", "send mail",
                kProducer)
        .has_value();
  });
  EXPECT_TRUE(collector_->SpansOf(std::string(TraceIdOf(traceparent))).empty());
  // The mails of both have gone out, and the database knows what the first belongs to.
  EXPECT_GE(suite_->Count(absl::StrCat("SELECT count(*) FROM notification.messages "
                                       "WHERE traceparent LIKE '00-",
                                       traceparent.substr(3, 32), "-%-00'")),
            1);
}

TEST_F(TraceTest, ACallOverGrpcIsAServersAndAClientsSpanOfTheGateway) {
  const std::string traceparent = ClientsTraceparent(true);
  const std::string trace(TraceIdOf(traceparent));
  auto stub = destinationmetier::catalogue::v1::CatalogueService::NewStub(suite_->NewChannel());
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
  context.AddMetadata("traceparent", traceparent);
  // With a token, so that it is nobody else's answer.
  context.AddMetadata("authorization", "Bearer " + suite_->PupilToken("eleve-trace"));
  destinationmetier::catalogue::v1::ListSectorsResponse sectors;
  const grpc::Status status = stub->ListSectors(&context, {}, &sectors);
  ASSERT_TRUE(status.ok()) << status.error_message();
  constexpr char kList[] = "destinationmetier.catalogue.v1.CatalogueService/ListSectors";
  Suite::WaitUntil("it is told", [&] {
    const auto spans = collector_->SpansOf(trace);
    return Find(spans, "gateway", kList, kServer).has_value() &&
           Find(spans, "gateway", kList, kClient).has_value() &&
           Find(spans, "catalogue", kList, kServer).has_value();
  });
  const auto spans = collector_->SpansOf(trace);
  const auto face = Find(spans, "gateway", kList, kServer);
  const auto call = Find(spans, "gateway", kList, kClient);
  EXPECT_EQ(face->parent, SpanIdOf(traceparent));
  EXPECT_EQ(call->parent, face->span);
  EXPECT_EQ(Find(spans, "catalogue", kList, kServer)->parent, call->span);
}

TEST_F(TraceTest, LinesOfTheLogTellTheTraceOfTheirCall) {
  const std::string traceparent = ClientsTraceparent(true);
  const std::string trace(TraceIdOf(traceparent));
  // Refused by booking, which is worth a line at level info.
  const HttpAnswer refused =
      testing::Fetch({.method = "POST",
                      .url = suite_->http() + "/v1/bookings",
                      .token = suite_->PupilToken("eleve-trace"),
                      .body = json{{"session", "offers/none/sessions/none"}}.dump(),
                      .headers = {"traceparent: " + traceparent}});
  EXPECT_EQ(refused.code, 400) << refused.body;
  Suite::WaitUntil("booking tells it", [&] {
    for (const absl::string_view text : absl::StrSplit(suite_->LogOf("booking"), '\n')) {
      const json line = json::parse(text, nullptr, /*allow_exceptions=*/false);
      if (line.is_object() && line.value("trace", "") == trace &&
          line.value("event", "") == "call") {
        return true;
      }
    }
    return false;
  });
}

TEST_F(TraceTest, WhatOperatorsWatchIsShownUnderItsNames) {
  // Those of common/telemetry/README.md.
  const std::vector<std::string> everywhere = {
      "grpc_server_handled_total",
      "grpc_server_handling_seconds_bucket",
      "dm_build_info{",
      "dm_ready 1",
      "dm_executor_queued ",
      "dm_executor_queue_capacity 256",
      "dm_executor_wait_seconds_count ",
      "process_start_time_seconds ",
      "process_resident_memory_bytes ",
      "process_open_fds ",
      "process_max_fds ",
      "process_cpu_seconds_total ",
      "dm_trace_spans_exported_total ",
      "dm_trace_spans_dropped_total{reason=\"queue_full\"} 0",
      "dm_trace_queue "};
  const std::vector<std::string> of_database = {"dm_database_connections{state=\"in_use\"}",
                                                "dm_database_connections{state=\"idle\"}",
                                                "dm_database_connections_max ",
                                                "dm_database_waiting ",
                                                "dm_database_connections_opened_total ",
                                                "dm_database_connections_broken_total ",
                                                "dm_database_retries_total "};
  const std::map<std::string, std::vector<std::string>> of_service = {
      {"catalogue",
       {"dm_feed_lag_events{feed=\"booking\"}", "dm_feed_lag_seconds{feed=\"booking\"}",
        "dm_feed_reading{feed=\"booking\"} 1", "dm_search_index_offers "}},
      {"ambassador", {"dm_feed_lag_seconds{feed=\"booking\"}"}},
      {"booking",
       {"dm_ledger_batch_commands_bucket", "dm_ledger_batch_seconds_count ", "dm_ledger_queued ",
        "dm_feed_lag_events{feed=\"catalogue\"}", "dm_feed_lag_events{feed=\"ambassador\"}"}},
      {"notification",
       {"dm_notification_oldest_ready_seconds ", "dm_webhooks_failing ",
        "dm_webhook_oldest_undelivered_seconds ", "dm_feed_lag_seconds{feed=\"booking\"}"}},
      {"gateway", {"gateway_http_answers_total", "gateway_http_seconds_bucket"}}};
  for (const char* service : kServices) {
    const std::string url = suite_->AdminUrl(service) + "/metrics";
    std::vector<std::string> expected = everywhere;
    if (std::string(service) != "gateway") {
      expected.insert(expected.end(), of_database.begin(), of_database.end());
    }
    const std::vector<std::string>& own = of_service.at(service);
    expected.insert(expected.end(), own.begin(), own.end());
    std::string missing;
    Suite::WaitUntil(absl::StrCat(service, " shows them"), [&] {
      const std::string page = testing::Fetch({.url = url}).body;
      missing.clear();
      for (const std::string& name : expected) {
        if (!absl::StrContains(page, absl::StrCat("\n", name)))
          absl::StrAppend(&missing, name, " ");
      }
      return missing.empty();
    });
    EXPECT_EQ(missing, "") << service;
  }
}

// The last, since it ends the gateway.
TEST_F(TraceTest, WhatIsLeftIsSentAtTheStop) {
  const std::string traceparent = ClientsTraceparent(true);
  Book(traceparent);
  // Before the second that spans are gathered for is over.
  suite_->process("gateway").Signal(SIGTERM);
  EXPECT_EQ(suite_->process("gateway").Wait(absl::Seconds(20)), 0);
  EXPECT_TRUE(Find(collector_->SpansOf(std::string(TraceIdOf(traceparent))), "gateway",
                   absl::StrCat("POST ", kCreate), kServer)
                  .has_value());
  suite_->Restart("gateway");
}

}  // namespace
}  // namespace dm
