#pragma once

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/text/uuid.h"
#include "destinationmetier/booking/v1/booking_service.grpc.pb.h"
#include "destinationmetier/catalogue/v1/catalogue_service.grpc.pb.h"
#include "destinationmetier/catalogue/v1/import_service.grpc.pb.h"
#include "tests/support/file_import.h"
#include "tests/support/suite.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace dm {

// A pupil's client of the gateway. Thread-safe.
class BookingClient {
 public:
  explicit BookingClient(const testing::Suite& suite) : BookingClient(suite.NewChannel()) {}
  explicit BookingClient(const std::shared_ptr<grpc::Channel>& channel)
      : stub_(destinationmetier::booking::v1::BookingService::NewStub(channel)) {}

  grpc::Status Book(const std::string& token, const std::string& session,
                    const std::string& request_id, destinationmetier::booking::v1::Booking* booking,
                    absl::Duration patience = absl::Seconds(20)) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + patience));
    context.AddMetadata("authorization", "Bearer " + token);
    destinationmetier::booking::v1::CreateBookingRequest request;
    request.set_session(session);
    request.set_request_id(request_id);
    return stub_->CreateBooking(&context, request, booking);
  }

 private:
  std::unique_ptr<destinationmetier::booking::v1::BookingService::Stub> stub_;
};

// Publishes an offer of the first demonstration company with sessions of these capacities, a day
// apart from each other and none overlapping; their names in that order, once booking knows them.
inline std::vector<std::string> PublishSessions(testing::Suite& suite, const std::string& key,
                                                const std::vector<int>& capacities) {
  const std::string siret = "90000001900019";
  const std::string company = absl::StrCat(
      "siret,display_name,description,naf_code,sectors,street,postal_code,commune_code,website,"
      "demonstration\n",
      siret, ",Épreuve,Pour les essais,10.71C,,1 rue des Essais,61000,61001,,O\n");
  const std::string offer = absl::StrCat(
      "siret,key,rome_code,title,description,audiences,accessible,instant_confirmation,"
      "demonstration\n",
      siret, ",", key, ",D1102,Essai,Pour les essais,LYCEE,N,N,O\n");
  std::string sessions = "siret,key,start,end,capacity\n";
  const absl::CivilDay first = absl::ToCivilDay(absl::Now(), absl::UTCTimeZone()) + 30;
  for (size_t i = 0; i < capacities.size(); ++i) {
    const std::string day = absl::FormatCivilTime(first + static_cast<int>(i));
    absl::StrAppend(&sessions, siret, ",", key, ",", day, "T09:00,", day, "T17:00,", capacities[i],
                    "\n");
  }
  auto stub = destinationmetier::catalogue::v1::ImportService::NewStub(suite.NewChannel());
  destinationmetier::type::v1::ImportReport report;
  using Files = std::vector<std::pair<std::string, std::string>>;
  for (const auto& [kind, files] :
       {std::pair<std::string, Files>{"companies", {{"companies.csv", company}}},
        {"offers", {{"offers.csv", offer}, {"sessions.csv", sessions}}}}) {
    const grpc::Status status =
        testing::ImportFiles(*stub, suite.OperatorToken(), kind, files, &report);
    EXPECT_TRUE(status.ok()) << kind << ": " << status.error_message();
  }
  auto catalogue = destinationmetier::catalogue::v1::CatalogueService::NewStub(suite.NewChannel());
  std::vector<std::string> names;
  testing::Suite::WaitUntil("the sessions are published and booking knows them", [&] {
    grpc::ClientContext context;
    destinationmetier::catalogue::v1::SearchOffersRequest request;
    request.add_companies(siret);
    request.set_query("Essai");
    destinationmetier::catalogue::v1::SearchOffersResponse found;
    if (!catalogue->SearchOffers(&context, request, &found).ok()) return false;
    names.clear();
    for (const auto& shown : found.offers()) {
      for (const auto& session : shown.sessions()) names.push_back(session.name());
    }
    return names.size() == capacities.size() &&
           suite.Count("SELECT count(*) FROM booking.sessions WHERE title = 'Essai'") ==
               static_cast<int64_t>(names.size());
  });
  return names;
}

}  // namespace dm
