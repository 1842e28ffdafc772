#include "services/gateway/http/routing_table.h"

#include "google/api/annotations.pb.h"
#include "tests/unit/gateway/public_routes.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>

namespace dm::gateway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct RouteCase {
  const char* http_method;
  const char* path;
  const char* rpc;
};

class PublicRoute : public testing::TestWithParam<RouteCase> {};

TEST_P(PublicRoute, LeadsToItsMethod) {
  static const RoutingTable routes = PublicRoutes();
  const auto found = routes.Find(GetParam().http_method, *RequestPath::Parse(GetParam().path));
  ASSERT_NE(found.route, nullptr);
  EXPECT_EQ(found.route->method->full_name(), std::string("destinationmetier.") + GetParam().rpc);
}

INSTANTIATE_TEST_SUITE_P(
    All, PublicRoute,
    testing::Values(
        RouteCase{"GET", "/v1/sectors", "catalogue.v1.CatalogueService.ListSectors"},
        RouteCase{"GET", "/v1/interests", "catalogue.v1.CatalogueService.ListInterests"},
        RouteCase{"GET", "/v1/professions:search",
                  "catalogue.v1.CatalogueService.SearchProfessions"},
        RouteCase{"GET", "/v1/professions/M1805", "catalogue.v1.CatalogueService.GetProfession"},
        RouteCase{"GET", "/v1/professions/M1805:overview",
                  "gateway.v1.GatewayService.GetProfessionOverview"},
        RouteCase{"GET", "/v1/companies:search", "catalogue.v1.CatalogueService.SearchCompanies"},
        RouteCase{"GET", "/v1/companies/1", "catalogue.v1.CatalogueService.GetCompany"},
        RouteCase{"GET", "/v1/companies/1/contact", "notification.v1.ContactService.GetContact"},
        RouteCase{"PATCH", "/v1/people/me/contact", "notification.v1.ContactService.UpdateContact"},
        RouteCase{"GET", "/v1/offers:search", "catalogue.v1.CatalogueService.SearchOffers"},
        RouteCase{"GET", "/v1/offers/1", "gateway.v1.GatewayService.GetOfferPage"},
        RouteCase{"POST", "/v1/offers/1/sessions/2:cancel",
                  "catalogue.v1.CatalogueService.CancelSession"},
        RouteCase{"GET", "/v1/ambassadors:search",
                  "ambassador.v1.AmbassadorService.SearchAmbassadors"},
        RouteCase{"GET", "/v1/ambassadors/1", "ambassador.v1.AmbassadorService.GetAmbassador"},
        RouteCase{"GET", "/v1/ambassadors/1/sessions",
                  "ambassador.v1.AmbassadorService.ListSessions"},
        RouteCase{"POST", "/v1/ambassadors/1/sessions/2:cancel",
                  "ambassador.v1.AmbassadorService.CancelSession"},
        RouteCase{"POST", "/v1/bookings", "booking.v1.BookingService.CreateBooking"},
        RouteCase{"GET", "/v1/bookings", "booking.v1.BookingService.ListBookings"},
        RouteCase{"POST", "/v1/bookings/1:cancel", "booking.v1.BookingService.CancelBooking"},
        RouteCase{"GET", "/v1/bookings/1:similarSessions",
                  "booking.v1.BookingService.ListSimilarSessions"},
        RouteCase{"POST", "/v1/bookings/1/agreement",
                  "booking.v1.AgreementService.CreateAgreement"},
        RouteCase{"PATCH", "/v1/bookings/1/agreement",
                  "booking.v1.AgreementService.UpdateAgreement"},
        RouteCase{"POST", "/v1/bookings/1/agreement:sign",
                  "booking.v1.AgreementService.SignAgreement"},
        RouteCase{"GET", "/v1/bookings/1/agreement/document",
                  "booking.v1.AgreementService.GetAgreementDocument"},
        RouteCase{"POST", "/v1/signatures:sign", "booking.v1.SignatureService.SignByLink"}));

TEST(RoutingTable, TellsWrongMethodFromUnknownPath) {
  const RoutingTable routes = PublicRoutes();
  EXPECT_THAT(routes.Find("DELETE", *RequestPath::Parse("/v1/bookings")).allowed,
              ElementsAre("GET", "HEAD", "OPTIONS", "POST"));
  EXPECT_THAT(routes.Find("GET", *RequestPath::Parse("/v1/bookings/1:cancel")).allowed,
              ElementsAre("OPTIONS", "POST"));
  EXPECT_THAT(routes.Find("GET", *RequestPath::Parse("/v1/bookings/1:steal")).allowed, IsEmpty());
  EXPECT_THAT(routes.Find("GET", *RequestPath::Parse("/v2/sectors")).allowed, IsEmpty());
}

TEST(RoutingTable, ShowsNoFeedAndNoImport) {
  const RoutingTable routes = PublicRoutes();
  for (const Route& route : routes.routes()) {
    EXPECT_EQ(route.rpc.find("EventFeed"), std::string::npos);
    EXPECT_EQ(route.rpc.find("ImportService"), std::string::npos);
  }
  for (const PublicEntry& entry : PublicTable()) {
    ASSERT_NE(entry.service, nullptr);
    EXPECT_NE(entry.service->name(), "EventFeedService");
  }
}

// A service whose one method answers a message with these two fields, by a rule that names the
// first as the body of the answer.
bool AdmitsFile(google::protobuf::FieldDescriptorProto::Type file,
                google::protobuf::FieldDescriptorProto::Type type, const char* body) {
  google::protobuf::FileDescriptorProto proto;
  proto.set_name("files.proto");
  proto.set_package("files");
  auto* message = proto.add_message_type();
  message->set_name("File");
  int number = 1;
  for (const auto& [name, kind] : {std::pair("content", file), std::pair("content_type", type)}) {
    auto* field = message->add_field();
    field->set_name(name);
    field->set_number(number++);
    field->set_label(google::protobuf::FieldDescriptorProto::LABEL_OPTIONAL);
    field->set_type(kind);
  }
  auto* service = proto.add_service();
  service->set_name("FileService");
  auto* method = service->add_method();
  method->set_name("GetFile");
  method->set_input_type(".files.File");
  method->set_output_type(".files.File");
  google::api::HttpRule rule;
  rule.set_get("/v1/file");
  rule.set_response_body(body);
  *method->mutable_options()->MutableExtension(google::api::http) = rule;
  google::protobuf::DescriptorPool pool(google::protobuf::DescriptorPool::generated_pool());
  return RoutingTable::Compile({{pool.BuildFile(proto)->service(0), nullptr}}).ok();
}

TEST(RoutingTable, AnswersWithAFileOnlyWhereTheMessageSaysOfWhatType) {
  using Field = google::protobuf::FieldDescriptorProto;
  EXPECT_TRUE(AdmitsFile(Field::TYPE_BYTES, Field::TYPE_STRING, "content"));
  EXPECT_FALSE(AdmitsFile(Field::TYPE_BYTES, Field::TYPE_STRING, "nothing"));
  // That is JSON of a part of the answer.
  EXPECT_TRUE(AdmitsFile(Field::TYPE_STRING, Field::TYPE_STRING, "content"));
  EXPECT_FALSE(AdmitsFile(Field::TYPE_BYTES, Field::TYPE_INT32, "content"));
}

TEST(RoutingTable, RefusesTwoRulesForOnePath) {
  const auto* service = PublicTable().front().service;
  EXPECT_FALSE(RoutingTable::Compile({{service, nullptr}, {service, nullptr}}).ok());
}

}  // namespace
}  // namespace dm::gateway
