// Row S24: whatever PostgreSQL or the disk below it says, a caller is told a code, an incident and
// what to do, and nothing of SQL, paths, names of tables or what was being written.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "common/text/uuid.h"
#include "destinationmetier/booking/v1/booking_service.grpc.pb.h"
#include "tests/support/suite.h"

#include <gmock/gmock.h>
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <gtest/gtest.h>
#include <pqxx/pqxx>

namespace dm {
namespace {

using nlohmann::json;
using testing::HttpAnswer;
using testing::Suite;

std::string NewId() { return NewUuid(absl::Now()); }

// What a verbose message of the server holds: none of it is a caller's business.
constexpr char kSaid[] =
    "could not write \"/var/lib/postgresql/15/main/base/16384\": INSERT INTO bookings (applicant) "
    "VALUES (''zone9secrete''); SELECT pg_read_file()";

constexpr char kTrap[] = R"sql(
  CREATE OR REPLACE FUNCTION public.trap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION USING ERRCODE = '$code', MESSAGE = '$said', DETAIL = '$said', HINT = '$said';
  END $$;
  DROP TRIGGER IF EXISTS trap ON booking.bookings;
  CREATE TRIGGER trap BEFORE INSERT ON booking.bookings FOR EACH ROW EXECUTE FUNCTION public.trap();
)sql";
constexpr char kNoTrap[] = "DROP TRIGGER IF EXISTS trap ON booking.bookings";

class HygieneTest : public ::testing::Test {
 protected:
  HygieneTest() : suite_(Suite::LenientBooking()) {
    suite_.LoadDemonstration();
    suite_.RegisterPupils({"eleve-erreur"});
    const HttpAnswer offers = suite_.Get("/v1/offers:search?page_size=1&available_only=true");
    session_ = offers.json["offers"][0]["sessions"][0].value("name", "");
  }

  void Run(const std::string& sql) {
    pqxx::connection connection(suite_.database().AdminConnectionString());
    pqxx::nontransaction work(connection);
    work.exec(sql);
  }

  HttpAnswer BookOverHttp(const std::string& request_id = NewId()) {
    return suite_.Post("/v1/bookings", {{"session", session_}, {"requestId", request_id}},
                       suite_.PupilToken("eleve-erreur"));
  }

  grpc::Status BookOverGrpc(const std::string& request_id = NewId()) {
    namespace pb = destinationmetier::booking::v1;
    auto stub = pb::BookingService::NewStub(suite_.NewChannel());
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    context.AddMetadata("authorization", "Bearer " + suite_.PupilToken("eleve-erreur"));
    pb::CreateBookingRequest request;
    request.set_session(session_);
    request.set_request_id(request_id);
    pb::Booking booking;
    return stub->CreateBooking(&context, request, &booking);
  }

  static void ExpectClean(const std::string& told, const std::string& where) {
    for (const char* word :
         {"zone9secrete", "/var/lib", "INSERT", "SELECT", "pg_", "relation", "trap", "SQLSTATE",
          "PL/pgSQL", "pqxx", "statement", "booking.", "exception", ".cc", "CONTEXT", "HINT"}) {
      // The names of messages and methods are everybody's.
      const std::string text = absl::StrReplaceAll(told, {{"destinationmetier.booking.", ""}});
      EXPECT_FALSE(absl::StrContains(text, word)) << where << " tells " << word << ": " << told;
    }
  }

  Suite suite_;
  std::string session_;
};

TEST_F(HygieneTest, WhatTheDatabaseSaysStaysWithinTheSuite) {
  struct {
    const char* sqlstate;
    int http;
    grpc::StatusCode grpc;
  } const cases[] = {
      {"XX000", 500, grpc::StatusCode::INTERNAL},
      {"XX001", 500, grpc::StatusCode::INTERNAL},
      {"P0001", 500, grpc::StatusCode::INTERNAL},
      {"22P02", 500, grpc::StatusCode::INTERNAL},
      {"42P01", 500, grpc::StatusCode::INTERNAL},
      {"42501", 500, grpc::StatusCode::INTERNAL},
      {"53100", 503, grpc::StatusCode::UNAVAILABLE},
      {"53200", 503, grpc::StatusCode::UNAVAILABLE},
      {"58030", 503, grpc::StatusCode::UNAVAILABLE},
      {"55P03", 503, grpc::StatusCode::UNAVAILABLE},
      {"40001", 503, grpc::StatusCode::UNAVAILABLE},
      {"40P01", 503, grpc::StatusCode::UNAVAILABLE},
      {"57P01", 503, grpc::StatusCode::UNAVAILABLE},
      {"57014", 504, grpc::StatusCode::DEADLINE_EXCEEDED},
  };
  for (const auto& c : cases) {
    Run(absl::StrReplaceAll(kTrap, {{"$code", c.sqlstate}, {"$said", kSaid}}));
    const HttpAnswer answer = BookOverHttp();
    EXPECT_EQ(answer.code, c.http) << c.sqlstate << ": " << answer.body;
    ExpectClean(answer.body, absl::StrCat(c.sqlstate, " over HTTP"));
    for (const auto& [name, value] : answer.headers) {
      ExpectClean(value, absl::StrCat(c.sqlstate, " in ", name));
    }
    const grpc::Status status = BookOverGrpc();
    EXPECT_EQ(status.error_code(), c.grpc) << c.sqlstate << ": " << status.error_message();
    ExpectClean(absl::StrCat(status.error_message(), " ", status.error_details()),
                absl::StrCat(c.sqlstate, " over gRPC"));
    // The incident is what a caller can name, and what the log can be searched for.
    google::rpc::Status details;
    ASSERT_TRUE(details.ParseFromString(status.error_details())) << c.sqlstate;
    EXPECT_GT(details.details_size(), 0) << c.sqlstate;
  }
  Run(kNoTrap);
  EXPECT_EQ(BookOverHttp().code, 200);
  // Nor is it in a log, where parameters would be personal data.
  for (const char* service : {"booking", "gateway"}) {
    EXPECT_FALSE(absl::StrContains(suite_.LogOf(service), "zone9secrete")) << service;
  }
}

TEST_F(HygieneTest, ADatabaseThatIsGoneIsToldAsSuchAndThatItCanBeTriedAgain) {
  testing::PostgresCluster::Get().StopImmediate();
  // One request, as a client repeats it, whatever becomes of each attempt.
  const std::string request_id = NewId();
  const HttpAnswer answer = BookOverHttp(request_id);
  EXPECT_TRUE(answer.code == 503 || answer.code == 504) << answer.code << answer.body;
  ExpectClean(answer.body, "over HTTP");
  const grpc::Status status = BookOverGrpc(request_id);
  EXPECT_TRUE(status.error_code() == grpc::StatusCode::UNAVAILABLE ||
              status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED)
      << status.error_message();
  ExpectClean(absl::StrCat(status.error_message(), " ", status.error_details()), "over gRPC");
  testing::PostgresCluster::Get().Start();
  Suite::WaitUntil("it books again", [&] { return BookOverHttp(request_id).code == 200; });
}

}  // namespace
}  // namespace dm
