#include "tests/bench/load/call_plan.h"

#include "destinationmetier/catalogue/v1/catalogue_service.pb.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <set>
#include <utility>
#include <vector>

namespace dm::bench {
namespace {

namespace pb = destinationmetier::catalogue::v1;

constexpr char kSearch[] = "/destinationmetier.catalogue.v1.CatalogueService/SearchOffers";

std::string FileOf(const std::string& content) {
  std::string path = ::testing::TempDir() + "/dm-requests.XXXXXX";
  const int descriptor = mkstemp(path.data());
  EXPECT_GE(descriptor, 0);
  std::ofstream(path) << content;
  return path;
}

TEST(RequestPlan, ReadsOneRequestALine) {
  const auto requests =
      ReadRequests(kSearch, FileOf("{\"query\": \"soudeur\"}\n{\"departments\": [\"61\"]}\n"));
  ASSERT_TRUE(requests.has_value());
  ASSERT_EQ(requests->size(), 2u);
  pb::SearchOffersRequest second;
  ASSERT_TRUE(second.ParseFromString((*requests)[1]));
  EXPECT_EQ(second.departments(0), "61");
}

TEST(RequestPlan, RefusesWhatIsNoRequestOfTheMethod) {
  const std::string path = FileOf("{\"nothing\": 1}\n");
  EXPECT_FALSE(ReadRequests(kSearch, path).has_value());
  EXPECT_FALSE(ReadRequests("/no.Service/Method", path).has_value());
  EXPECT_FALSE(ReadRequests("", path).has_value());
  EXPECT_FALSE(ReadRequests(kSearch, path + ".gone").has_value());
}

TEST(RequestPlan, CallsAllRequestsInTheSameOrderEachTime) {
  const std::vector<std::string> requests = {"a", "b", "c"};
  RequestPlan one(kSearch, requests);
  RequestPlan other(kSearch, requests);
  std::set<std::string> called;
  for (int i = 0; i < 100; ++i) {
    const std::string request = one.Next()->request;
    EXPECT_EQ(other.Next()->request, request);
    called.insert(request);
  }
  EXPECT_EQ(called.size(), 3u);
  EXPECT_FALSE(RequestPlan(kSearch, {}).Next().has_value());
}

TEST(MixedPlan, DrawsItsPartsByTheirSharesTheSameEachTime) {
  const auto plan = [] {
    std::vector<MixedPlan::Part> parts;
    parts.push_back({900, std::make_unique<RequestPlan>("/a", std::vector<std::string>{"x"})});
    parts.push_back({100, std::make_unique<RequestPlan>("/b", std::vector<std::string>{"y"})});
    return std::make_unique<MixedPlan>(std::move(parts));
  };
  const auto one = plan();
  const auto other = plan();
  int of_second = 0;
  for (int i = 0; i < 10'000; ++i) {
    const auto call = one->Next();
    ASSERT_TRUE(call.has_value());
    EXPECT_EQ(*call->method, call->part == 0 ? "/a" : "/b");
    EXPECT_EQ(call->request, call->part == 0 ? "x" : "y");
    EXPECT_EQ(other->Next()->part, call->part);
    of_second += call->part == 1 ? 1 : 0;
  }
  EXPECT_NEAR(of_second, 1'000, 150);
}

TEST(MixedPlan, EndsWithAPartThatEnds) {
  std::vector<MixedPlan::Part> parts;
  parts.push_back({1000, std::make_unique<BookingPlan>(std::vector<std::string>{"offers/1"},
                                                       std::vector<std::string>{"t"}, false)});
  MixedPlan plan(std::move(parts));
  EXPECT_TRUE(plan.Next().has_value());
  EXPECT_FALSE(plan.Next().has_value());
}

TEST(NextPageRequest, AsksForThePageAfterUntilThereIsNone) {
  pb::SearchOffersRequest request;
  request.set_query("soudeur");
  pb::SearchOffersResponse answer;
  EXPECT_EQ(NextPageRequest(kSearch, request.SerializeAsString(), answer.SerializeAsString()), "");
  answer.set_next_page_token("more");
  const auto next = ReadRequests(
      kSearch,
      FileOf(NextPageRequest(kSearch, request.SerializeAsString(), answer.SerializeAsString())));
  ASSERT_TRUE(next.has_value());
  pb::SearchOffersRequest read;
  ASSERT_TRUE(read.ParseFromString(next->at(0)));
  EXPECT_EQ(read.query(), "soudeur");
  EXPECT_EQ(read.page_token(), "more");
}

}  // namespace
}  // namespace dm::bench
