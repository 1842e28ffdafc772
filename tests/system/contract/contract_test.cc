// What every public method answers to whom, asked of the real suite. What is expected follows from
// the method table and the descriptors, but for the lines of exceptions.cc: a new method is asked
// without a line of its own, and one that is open to the wrong people fails here.
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/rpc/method_table.h"
#include "services/gateway/api/public_services.h"
#include "services/gateway/http/routing_table.h"
#include "tests/system/contract/exceptions.h"
#include "tests/system/contract/method_call.h"
#include "tests/system/contract/sample_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace dm::contract {
namespace {

using auth::Role;
using google::protobuf::MethodDescriptor;
using grpc::StatusCode;
using testing::HttpAnswer;

constexpr size_t kTooLargeForGrpc = (4 << 20) + 1;
constexpr size_t kTooLargeForHttp = (1 << 20) + 1;
const Role kSignedIn[] = {Role::kApplicant, Role::kGuardian, Role::kHost,    Role::kAmbassador,
                          Role::kAgency,    Role::kPartner,  Role::kOperator};

struct Method {
  const MethodDescriptor* descriptor;
  const rpc::MethodPolicy* policy;
  // "BookingService/CreateBooking".
  std::string name;

  bool ForEverybody() const { return policy->access.roles.Contains(Role::kAnonymous); }
  bool Streams() const { return descriptor->client_streaming() || descriptor->server_streaming(); }
  bool ByLink() const { return ForEverybody() && policy->rate_class == rpc::RateClass::kLink; }
  bool HasRequestId() const {
    return descriptor->input_type()->FindFieldByName("request_id") != nullptr;
  }
  // Somebody whom the table lets in.
  Role Admitted() const {
    if (ForEverybody()) return Role::kAnonymous;
    for (const Role role : kSignedIn) {
      if (policy->access.roles.Contains(role)) return role;
    }
    return Role::kAnonymous;
  }
};

std::vector<Method> PublicMethods() {
  std::vector<Method> methods;
  for (const gateway::PublicEntry& entry : gateway::PublicTable()) {
    for (int i = 0; i < entry.service->method_count(); ++i) {
      const MethodDescriptor* const descriptor = entry.service->method(i);
      methods.push_back(
          {descriptor,
           rpc::FindMethod(absl::StrCat("/", entry.service->full_name(), "/", descriptor->name())),
           absl::StrCat(entry.service->name(), "/", descriptor->name())});
    }
  }
  return methods;
}

std::vector<gateway::Route> PublicRoutes() {
  std::vector<gateway::PublicService> services;
  for (const gateway::PublicEntry& entry : gateway::PublicTable()) {
    services.push_back({entry.service, nullptr});
  }
  return gateway::RoutingTable::Compile(services).value().routes();
}

class ContractTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { world_ = new SampleWorld(); }
  static void TearDownTestSuite() {
    delete world_;
    world_ = nullptr;
    std::printf("asked %d cells of the contract\n", cells_);
  }

  static Expected ExpectedOf(const Method& method, Question question, Role role, Expected usual) {
    for (const Exception& exception : Exceptions()) {
      if (exception.method == method.name && exception.question == question &&
          (exception.role == Role::kAnonymous || exception.role == role)) {
        return exception.expected;
      }
    }
    return usual;
  }

  // Whether an answer to who is not rightful holds something of the person.
  static void ExpectNoSecret(const std::string& content, const std::string& cell) {
    for (const std::string& secret : SampleWorld::Secrets()) {
      EXPECT_FALSE(absl::StrContains(content, secret)) << cell << " tells " << secret;
    }
  }

  Reply Ask(const Method& method, const std::string& token, const std::string& request) {
    ++cells_;
    return caller_.Call(method.policy->path, token, request);
  }
  Reply AskPlainly(const Method& method, const std::string& token) {
    return Ask(method, token, world_->RequestOf(*method.descriptor)->SerializeAsString());
  }

  HttpAnswer AskOverHttp(const gateway::Route& route, const std::string& token,
                         const std::string& body, const std::string& query = "") {
    ++cells_;
    return testing::Fetch(
        {.method = route.http_method,
         .url = absl::StrCat(world_->suite().http(), world_->PathOf(route.pattern), query),
         .token = token,
         .body = body});
  }

  static SampleWorld* world_;
  static int cells_;
  const std::vector<Method> methods_ = PublicMethods();
  const std::vector<gateway::Route> routes_ = PublicRoutes();
  MethodCaller caller_{world_->suite().NewChannel()};
};

SampleWorld* ContractTest::world_ = nullptr;
int ContractTest::cells_ = 0;

Method MethodOf(const std::vector<Method>& methods, const gateway::Route& route) {
  return *std::find_if(methods.begin(), methods.end(),
                       [&](const Method& method) { return method.policy->path == route.rpc; });
}

TEST_F(ContractTest, WithoutATokenOnlyWhatIsForEverybody) {
  for (const Method& method : methods_) {
    const Reply reply = AskPlainly(method, "");
    ExpectNoSecret(reply.content, method.name);
    if (!method.ForEverybody()) {
      EXPECT_EQ(reply.code, StatusCode::UNAUTHENTICATED) << method.name;
      EXPECT_EQ(reply.reason, "TOKEN_MISSING") << method.name;
    } else if (method.ByLink()) {
      EXPECT_EQ(reply.code, StatusCode::NOT_FOUND) << method.name << reply.content;
      EXPECT_EQ(reply.reason, "LINK_UNKNOWN") << method.name;
    } else {
      EXPECT_EQ(reply.code, StatusCode::OK) << method.name << reply.content;
    }
  }
  for (const gateway::Route& route : routes_) {
    const Method method = MethodOf(methods_, route);
    const HttpAnswer answer = AskOverHttp(route, "", route.body.empty() ? "" : "{}");
    ExpectNoSecret(answer.body, route.pattern);
    if (!method.ForEverybody()) {
      EXPECT_EQ(answer.code, 401) << route.pattern << answer.body;
      EXPECT_EQ(testing::ReasonOf(answer), "TOKEN_MISSING") << route.pattern;
    } else {
      // Without a query or a body something may be missing.
      EXPECT_TRUE(answer.code == 200 || answer.code == 400) << route.pattern << answer.body;
    }
  }
}

TEST_F(ContractTest, WithAnotherRoleNothing) {
  for (const Method& method : methods_) {
    if (method.ForEverybody()) continue;
    for (const Role role : kSignedIn) {
      if (method.policy->access.roles.Contains(role)) continue;
      const std::string cell = absl::StrCat(method.name, " as ", static_cast<int>(role));
      const Reply reply = AskPlainly(method, world_->RightfulToken(role));
      EXPECT_EQ(reply.code, StatusCode::PERMISSION_DENIED) << cell;
      EXPECT_EQ(reply.reason, "ROLE_MISSING") << cell;
      ExpectNoSecret(reply.content, cell);
    }
  }
}

// Who has the right role and nothing to do with the person hears what they would hear if it was not
// there.
TEST_F(ContractTest, OfOtherPeoplesThingsNothing) {
  for (const Method& method : methods_) {
    // Streams carry what the caller sends or is told of their own territory, and name no resource.
    if (method.ForEverybody() || method.Streams()) continue;
    const bool names_one = SampleWorld::NamesAResource(*method.descriptor);
    for (const Role role : kSignedIn) {
      // Operators see all that there is.
      if (!method.policy->access.roles.Contains(role) || role == Role::kOperator) continue;
      const std::string cell = absl::StrCat(method.name, " as ", static_cast<int>(role));
      const Expected expected =
          ExpectedOf(method, Question::kStranger, role,
                     names_one ? Expected{StatusCode::NOT_FOUND, "RESOURCE_NOT_FOUND"}
                               : Expected{StatusCode::OK, ""});
      const Reply reply = AskPlainly(method, world_->StrangersToken(role));
      EXPECT_EQ(reply.code, expected.code) << cell << ": " << reply.reason << reply.content;
      EXPECT_EQ(reply.reason, expected.reason) << cell;
      ExpectNoSecret(reply.content, cell);
      if (reply.code == StatusCode::NOT_FOUND) {
        // Word for word what is said of what does not exist: nobody learns who is there.
        const Reply made_up =
            Ask(method, world_->StrangersToken(role),
                world_->RequestOf(*method.descriptor, SampleWorld::Things::kMadeUp)
                    ->SerializeAsString());
        EXPECT_EQ(made_up.code, reply.code) << cell;
        EXPECT_EQ(made_up.content, world_->WithMadeUpNames(reply.content)) << cell;
      }
      // What one of the exceptions changed is named as it was asked.
      if (reply.code == StatusCode::OK && !names_one) {
        EXPECT_FALSE(
            absl::StrContains(reply.content, absl::StrCat("people/", SampleWorld::Person())))
            << cell;
      }
    }
  }
}

TEST_F(ContractTest, BytesThatAreNoMessageAreNamedAsSuch) {
  const std::string garbage = "\xff\xff\xff\xff";
  for (const Method& method : methods_) {
    // gRPC reads the one message of a server stream before anything of ours runs, and says of what
    // is none that there is no such method.
    const bool read_before =
        method.descriptor->server_streaming() && !method.descriptor->client_streaming();
    const Expected expected =
        ExpectedOf(method, Question::kMalformed, Role::kAnonymous,
                   read_before ? Expected{StatusCode::UNIMPLEMENTED, ""}
                               : Expected{StatusCode::INVALID_ARGUMENT, "INVALID_FIELDS"});
    const Reply reply = Ask(method, world_->RightfulToken(method.Admitted()), garbage);
    EXPECT_EQ(reply.code, expected.code) << method.name << reply.content;
    if (!read_before) {
      EXPECT_EQ(reply.reason, expected.reason) << method.name;
    }
  }
  for (const gateway::Route& route : routes_) {
    if (route.body.empty()) continue;
    const std::string token = world_->RightfulToken(MethodOf(methods_, route).Admitted());
    for (const char* body : {"{", "[]", "7", "\xff", "{\"a\":"}) {
      const HttpAnswer answer = AskOverHttp(route, token, body);
      EXPECT_EQ(answer.code, 400) << route.pattern << answer.body;
      EXPECT_EQ(testing::ReasonOf(answer), "INVALID_FIELDS") << route.pattern;
    }
  }
}

TEST_F(ContractTest, MessagesThatAreTooLargeAreNotTaken) {
  const std::string large(kTooLargeForGrpc, '\0');
  for (const Method& method : methods_) {
    const Reply reply = Ask(method, world_->RightfulToken(method.Admitted()), large);
    EXPECT_EQ(reply.code, StatusCode::RESOURCE_EXHAUSTED) << method.name << reply.content;
  }
  const std::string large_body(kTooLargeForHttp, ' ');
  for (const gateway::Route& route : routes_) {
    if (route.body.empty()) continue;
    const HttpAnswer answer =
        AskOverHttp(route, world_->RightfulToken(MethodOf(methods_, route).Admitted()), large_body);
    EXPECT_EQ(answer.code, 413) << route.pattern;
    EXPECT_EQ(testing::ReasonOf(answer), "TOO_LARGE") << route.pattern;
  }
}

TEST_F(ContractTest, FieldsThatNobodyKnowsAreNamed) {
  for (const gateway::Route& route : routes_) {
    const std::string token = world_->RightfulToken(MethodOf(methods_, route).Admitted());
    const HttpAnswer answer = route.body.empty()
                                  ? AskOverHttp(route, token, "", "?nobodyKnows=1")
                                  : AskOverHttp(route, token, R"({"nobodyKnows": 1})");
    EXPECT_EQ(answer.code, 400) << route.pattern << answer.body;
    EXPECT_EQ(testing::ReasonOf(answer), "INVALID_FIELDS") << route.pattern;
    EXPECT_THAT(answer.body, ::testing::HasSubstr("nobodyKnows")) << route.pattern;
  }
}

TEST_F(ContractTest, WritesWithoutARequestIdAreRefused) {
  for (const Method& method : methods_) {
    if (!method.HasRequestId()) continue;
    const auto request = world_->RequestOf(*method.descriptor);
    request->GetReflection()->ClearField(
        request.get(), method.descriptor->input_type()->FindFieldByName("request_id"));
    const Expected expected = ExpectedOf(method, Question::kNoRequestId, Role::kAnonymous,
                                         {StatusCode::INVALID_ARGUMENT, "INVALID_FIELDS"});
    const Reply reply =
        Ask(method, world_->RightfulToken(method.Admitted()), request->SerializeAsString());
    EXPECT_EQ(reply.code, expected.code) << method.name << reply.content;
    EXPECT_EQ(reply.reason, expected.reason) << method.name;
    if (expected.code == StatusCode::INVALID_ARGUMENT) {
      EXPECT_THAT(reply.fields, ::testing::Contains("request_id")) << method.name;
    }
  }
}

// Every write has one, whoever adds a method.
TEST_F(ContractTest, WritesHaveARequestIdOrSayWhyNot) {
  const std::vector<std::string> without = {
      // The run of the import, which its start names, is the id.
      "OfferExchangeService/ImportOffers", "OfferExchangeService/ImportOfferBatch",
      // Files are whole lists: loading one again changes nothing.
      "ImportService/ImportFiles",
      // Mail programs call them by themselves and have no id; they set what they are told.
      "MailChoiceService/StopMails", "MailChoiceService/ResumeMails",
      // Sends something outside, and changes nothing here.
      "WebhookService/TestWebhook"};
  for (const Method& method : methods_) {
    if (method.policy->repeat == rpc::Repeat::kReads || method.HasRequestId()) continue;
    EXPECT_THAT(without, ::testing::Contains(method.name));
  }
}

// The other side of OfOtherPeoplesThingsNothing: the same requests reach their things for who may
// see them, so that "not found" there was said of what is there. The last, since it changes them.
TEST_F(ContractTest, TheRightfulReachTheirThings) {
  std::vector<Method> in_order = methods_;
  // What is erased, or gone otherwise, last.
  std::stable_partition(in_order.begin(), in_order.end(), [](const Method& method) {
    return method.policy->repeat == rpc::Repeat::kReads;
  });
  std::stable_partition(in_order.begin(), in_order.end(), [](const Method& method) {
    return !absl::StartsWith(method.descriptor->name(), "Erase") &&
           !absl::StartsWith(method.descriptor->name(), "Delete");
  });
  // What there is only after the fact; its own tests reach it.
  const std::vector<std::string> later = {"PrivacyService/GetErasure",
                                          "PrivacyService/GetAmbassadorErasure"};
  for (const Method& method : in_order) {
    if (method.ForEverybody() || method.Streams()) continue;
    if (std::find(later.begin(), later.end(), method.name) != later.end()) continue;
    std::vector<std::string> outcomes;
    bool reached = false;
    for (const Role role : kSignedIn) {
      if (!method.policy->access.roles.Contains(role)) continue;
      const Reply reply = AskPlainly(method, world_->RightfulToken(role));
      outcomes.push_back(absl::StrCat(static_cast<int>(reply.code), " ", reply.reason, " ",
                                      absl::StrJoin(reply.fields, ",")));
      reached = reached || (reply.code != StatusCode::NOT_FOUND &&
                            reply.code != StatusCode::INVALID_ARGUMENT &&
                            reply.code != StatusCode::PERMISSION_DENIED &&
                            reply.code != StatusCode::UNAUTHENTICATED);
    }
    EXPECT_TRUE(reached) << method.name << ": " << absl::StrJoin(outcomes, " | ");
  }
}

}  // namespace
}  // namespace dm::contract
