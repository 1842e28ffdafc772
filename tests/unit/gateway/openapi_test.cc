#include "services/gateway/http/openapi.h"

#include "absl/strings/ascii.h"
#include "tests/unit/gateway/public_routes.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <set>
#include <string>

namespace dm::gateway {
namespace {

using nlohmann::json;

void CollectRefs(const json& node, std::set<std::string>* refs) {
  if (node.is_object() && node.contains("$ref")) refs->insert(node["$ref"]);
  if (node.is_structured()) {
    for (const json& child : node) CollectRefs(child, refs);
  }
}

TEST(Openapi, HasEveryRouteAndNothingElse) {
  const RoutingTable routes = PublicRoutes();
  const json document = json::parse(OpenapiDocument(routes));
  size_t operations = 0;
  for (const auto& [path, methods] : document["paths"].items()) operations += methods.size();
  EXPECT_EQ(operations, routes.routes().size());
  for (const Route& route : routes.routes()) {
    EXPECT_TRUE(
        document["paths"][OpenapiPath(route)].contains(absl::AsciiStrToLower(route.http_method)))
        << route.pattern;
  }
}

TEST(Openapi, WritesPathsWithNamedParameters) {
  const json document = json::parse(OpenapiDocument(PublicRoutes()));
  const json& cancel = document["paths"]["/v1/bookings/{booking}:cancel"]["post"];
  EXPECT_EQ(cancel["parameters"][0]["name"], "booking");
  EXPECT_TRUE(document["paths"].contains("/v1/people/{person}/contact"));
  EXPECT_TRUE(document["paths"].contains("/v1/companies/{company}"));
}

TEST(Openapi, ShowsAFileAsAFile) {
  const json document = json::parse(OpenapiDocument(PublicRoutes()));
  const json& paper = document["paths"]["/v1/bookings/{booking}/agreement/document"]["get"];
  EXPECT_EQ(paper["responses"]["200"]["content"]["*/*"]["schema"], json::object());
}

TEST(Openapi, DefinesWhatItRefersTo) {
  const json document = json::parse(OpenapiDocument(PublicRoutes()));
  std::set<std::string> refs;
  CollectRefs(document, &refs);
  EXPECT_GT(refs.size(), 20u);
  for (const std::string& ref : refs) {
    ASSERT_EQ(ref.substr(0, 2), "#/");
    EXPECT_TRUE(document.contains(json::json_pointer(ref.substr(1)))) << ref;
  }
}

TEST(Openapi, DescribesInTheWordsOfTheProtos) {
  const json document = json::parse(OpenapiDocument(PublicRoutes()));
  const json& search = document["paths"]["/v1/offers:search"]["get"];
  EXPECT_EQ(search["description"], "Finds published offers that have a session still to come.");
  for (const json& parameter : search["parameters"]) {
    EXPECT_NE(parameter["description"], "") << parameter["name"];
  }
  EXPECT_NE(
      document["components"]["schemas"]["catalogue.v1.Offer"]["properties"]["title"]["description"],
      "");
}

TEST(Openapi, SaysWhatIsRequiredAndHowItIsWritten) {
  const json document = json::parse(OpenapiDocument(PublicRoutes()));
  const json& schemas = document["components"]["schemas"];
  const json& book = document["paths"]["/v1/bookings"]["post"];
  const json& body = book["requestBody"]["content"]["application/json"]["schema"];
  EXPECT_EQ(body["properties"]["requestId"]["format"], "uuid");
  // A header may carry it.
  EXPECT_FALSE(body.contains("required") &&
               body["required"].dump().find("requestId") != std::string::npos);
  EXPECT_EQ(schemas["booking.v1.Booking"]["properties"]["startTime"]["format"], "date-time");
  const std::string states = schemas["booking.v1.Booking.State"]["description"];
  EXPECT_NE(states.find("\n- STATE_CONFIRMED: The seat is the person's."), std::string::npos);
}

TEST(Openapi, NamesTheHeadersAndErrorsOfAMethod) {
  const json document = json::parse(OpenapiDocument(PublicRoutes()));
  const json& accept = document["paths"]["/v1/bookings/{booking}:accept"]["post"];
  std::set<std::string> names;
  for (const json& parameter : accept["parameters"]) names.insert(parameter["name"]);
  EXPECT_EQ(names, (std::set<std::string>{"booking", "Idempotency-Key", "If-Match"}));
  for (const char* status : {"200", "400", "401", "403", "404", "409", "412", "429", "503"}) {
    EXPECT_TRUE(accept["responses"].contains(status)) << status;
  }
  const json& search = document["paths"]["/v1/offers:search"]["get"]["responses"];
  EXPECT_TRUE(search.contains("304"));
  EXPECT_FALSE(search.contains("404"));
  EXPECT_FALSE(search.contains("412"));
}

TEST(Openapi, GivesOperationsUniqueIds) {
  const json document = json::parse(OpenapiDocument(PublicRoutes()));
  std::set<std::string> ids;
  for (const json& methods : document["paths"]) {
    for (const json& operation : methods) {
      EXPECT_TRUE(ids.insert(operation["operationId"]).second);
    }
  }
}

}  // namespace
}  // namespace dm::gateway
