// Who is told how much of which partner's use.
#include "services/gateway/api/partner_usage_api.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/notification.h"
#include "services/gateway/api/message_bytes.h"
#include "tests/integration/gateway_usage/usage_world.h"

#include <gmock/gmock.h>

#include <optional>

namespace dm::gateway {
namespace {

namespace pb = destinationmetier::gateway::v1;
using auth::Role;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

auth::Caller CallerOf(Role role, const std::string& subject, std::vector<std::string> territory) {
  auth::Caller caller;
  caller.subject = subject;
  caller.roles.Add(role);
  caller.territory = std::move(territory);
  return caller;
}

// "chambre" is its partner.
class OneToken final : public auth::TokenVerifier {
 public:
  absl::StatusOr<auth::Caller> Verify(absl::string_view token) const override {
    if (token != "chambre") return absl::UnauthenticatedError("");
    return PartnerCaller("chambre");
  }
};

// "chambre 2026-11-30 GetOffer 3/0/0/0+0".
std::string Text(const pb::PartnerUsage& usage) {
  const std::vector<std::string> method = absl::StrSplit(usage.method(), '/');
  return absl::StrCat(usage.partner(), " ", usage.day(), " ", method.back(), " ", usage.ok(), "/",
                      usage.limited(), "/", usage.client_errors(), "/", usage.server_errors(), "+",
                      usage.events());
}

std::vector<std::string> Texts(const pb::ListPartnerUsageResponse& response) {
  std::vector<std::string> texts;
  for (const pb::PartnerUsage& usage : response.usage()) texts.push_back(Text(usage));
  return texts;
}

class PartnerUsageApiTest : public UsageTest {
 protected:
  absl::StatusOr<pb::ListPartnerUsageResponse> List(const auth::Caller& caller,
                                                    const pb::ListPartnerUsageRequest& request) {
    rpc::Call call;
    call.caller = caller;
    call.deadline = absl::Now() + kPatience;
    Violations violations;
    api_.Validate(request, violations);
    EXPECT_TRUE(violations.empty()) << violations.ToStatus();
    return api_.ListPartnerUsage(call, request);
  }
  absl::StatusOr<pb::ListPartnerUsageResponse> List(const auth::Caller& caller,
                                                    const std::string& parent) {
    pb::ListPartnerUsageRequest request;
    request.set_parent(parent);
    return List(caller, request);
  }

  // So many calls of GetOffer on that day.
  void Used(const auth::Caller& partner, absl::CivilDay day, int calls) {
    const absl::Time now = clock_.Now();
    clock_.Set(StartOfParisDay(day));
    for (int i = 0; i < calls; ++i) {
      replica_.usage().CountCall(partner, kGetOffer, absl::StatusCode::kOk);
    }
    ASSERT_TRUE(replica_.Flush());
    clock_.Set(now);
  }

  const auth::Caller chambre_ = PartnerCaller("chambre", {"61"});
  const auth::Caller region_ = PartnerCaller("region", {"14", "61"});
  const auth::Caller ailleurs_ = PartnerCaller("ailleurs", {"2A"});
  const auth::Caller operator_ = CallerOf(Role::kOperator, "operateur", {});

  OneToken verifier_;
  Executor executor_{{.threads = 1, .queue_capacity = 8}};
  // Deadlines are of the real time.
  rpc::Pipeline pipeline_{
      {.executor = &executor_, .verifier = &verifier_, .clock = &Clock::System()}};
  const rpc::PageTokens page_tokens_{std::string(32, 'k'), &clock_};
  PartnerUsageApi api_{&store_, &pipeline_, &page_tokens_, &clock_};
  Replica replica_{&store_, &clock_};
};

TEST_F(PartnerUsageApiTest, EverybodySeesWhatIsTheirsToSee) {
  const absl::CivilDay today(2026, 11, 30);
  Used(chambre_, today, 1);
  Used(region_, today, 2);
  Used(ailleurs_, today, 4);
  auth::Caller both = CallerOf(Role::kAgency, "region", {"2A"});
  both.roles.Add(Role::kPartner);
  struct Case {
    std::string who;
    auth::Caller caller;
    std::string parent;
    // Absent: NOT_FOUND.
    std::optional<int64_t> calls;
  };
  const std::vector<Case> cases = {
      {"a partner its own", chambre_, "partners/me", 1},
      {"a partner its own by name", chambre_, "partners/chambre", 1},
      {"a partner of all its own", chambre_, "partners/-", 1},
      {"a partner no other", chambre_, "partners/region", std::nullopt},
      {"a partner nobody made up", chambre_, "partners/personne", std::nullopt},
      {"a partner that has not called", PartnerCaller("nouvelle"), "partners/me", 0},
      {"a partner that has not called of all", PartnerCaller("nouvelle"), "partners/-", 0},
      {"an operator anyone", operator_, "partners/ailleurs", 4},
      {"an operator all", operator_, "partners/-", 7},
      {"an operator nobody made up", operator_, "partners/personne", std::nullopt},
      {"an operator is no partner", operator_, "partners/me", std::nullopt},
      {"an agency its territory", CallerOf(Role::kAgency, "a", {"61", "76"}), "partners/-", 3},
      {"an agency a part", CallerOf(Role::kAgency, "a", {"14"}), "partners/region", 2},
      {"an agency not elsewhere", CallerOf(Role::kAgency, "a", {"14"}), "partners/chambre",
       std::nullopt},
      {"an agency without territory", CallerOf(Role::kAgency, "a", {}), "partners/chambre",
       std::nullopt},
      {"an agency without territory of all", CallerOf(Role::kAgency, "a", {}), "partners/-", 0},
      {"an agency is no partner", CallerOf(Role::kAgency, "chambre", {"14"}), "partners/me",
       std::nullopt},
      {"an agency that is a partner", both, "partners/-", 6},
  };
  for (const Case& one : cases) {
    const auto listed = List(one.caller, one.parent);
    if (one.calls.has_value()) {
      ASSERT_TRUE(listed.ok()) << one.who << ": " << listed.status();
      EXPECT_EQ(listed->total().calls(), *one.calls) << one.who;
      EXPECT_EQ(listed->usage_size() > 0, *one.calls > 0) << one.who;
    } else {
      EXPECT_EQ(listed.status().code(), absl::StatusCode::kNotFound) << one.who;
      EXPECT_EQ(ErrorReasonOf(listed.status()), "RESOURCE_NOT_FOUND") << one.who;
    }
  }
}

TEST_F(PartnerUsageApiTest, ShowsEachDayAndMethodWithItsOutcomes) {
  for (const absl::StatusCode code :
       {absl::StatusCode::kOk, absl::StatusCode::kOk, absl::StatusCode::kResourceExhausted,
        absl::StatusCode::kPermissionDenied, absl::StatusCode::kDeadlineExceeded}) {
    replica_.usage().CountCall(chambre_, kGetOffer, code);
  }
  replica_.usage().CountCall(chambre_, kListEvents, absl::StatusCode::kOk);
  replica_.usage().CountEvents(chambre_, kListEvents, 12);
  Used(chambre_, absl::CivilDay(2026, 11, 29), 3);
  const auto listed = List(chambre_, "partners/me");
  ASSERT_TRUE(listed.ok()) << listed.status();
  EXPECT_THAT(Texts(*listed), ElementsAre("partners/chambre 2026-11-29 GetOffer 3/0/0/0+0",
                                          "partners/chambre 2026-11-30 GetOffer 2/1/1/1+0",
                                          "partners/chambre 2026-11-30 ListEvents 1/0/0/0+12"));
  EXPECT_EQ(listed->usage(1).method(), kGetOffer.substr(1));
  EXPECT_EQ(listed->usage(1).calls(), 5);
  EXPECT_EQ(Text(listed->total()), "   6/1/1/1+12");
  EXPECT_EQ(listed->total().calls(), 9);
  EXPECT_THAT(listed->next_page_token(), IsEmpty());
}

TEST_F(PartnerUsageApiTest, ShowsTheDaysThatWereAskedForAndAMonthElse) {
  for (const absl::CivilDay day : {absl::CivilDay(2026, 10, 31), absl::CivilDay(2026, 11, 1),
                                   absl::CivilDay(2026, 11, 15), absl::CivilDay(2026, 11, 30)}) {
    Used(chambre_, day, 1);
  }
  struct Case {
    const char* from;
    const char* to;
    int64_t calls;
  };
  for (const Case& one :
       {Case{"", "", 3}, Case{"2026-10-31", "", 4}, Case{"", "2026-11-15", 3},
        Case{"2026-11-15", "2026-11-15", 1}, Case{"2026-11-16", "2026-11-29", 0},
        Case{"2025-10-26", "2026-11-30", 4}, Case{"2026-11-30", "2027-12-31", 1}}) {
    pb::ListPartnerUsageRequest request;
    request.set_parent("partners/me");
    request.set_from(one.from);
    request.set_to(one.to);
    const auto listed = List(chambre_, request);
    ASSERT_TRUE(listed.ok()) << listed.status();
    EXPECT_EQ(listed->total().calls(), one.calls) << one.from << " to " << one.to;
    EXPECT_EQ(listed->usage_size(), one.calls) << one.from << " to " << one.to;
  }
}

TEST_F(PartnerUsageApiTest, PagesMissAndRepeatNothing) {
  for (int day = 1; day <= 5; ++day) {
    for (const auth::Caller* partner : {&chambre_, &region_, &ailleurs_}) {
      Used(*partner, absl::CivilDay(2026, 11, day), day);
    }
  }
  pb::ListPartnerUsageRequest request;
  request.set_parent("partners/-");
  request.set_from("2026-11-01");
  const auto whole = List(operator_, request);
  ASSERT_TRUE(whole.ok()) << whole.status();
  ASSERT_EQ(whole->usage_size(), 15);
  request.set_page_size(4);
  std::vector<std::string> seen;
  int pages = 0;
  do {
    const auto page = List(operator_, request);
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_LE(page->usage_size(), 4);
    EXPECT_EQ(page->total().calls(), 45) << "of all pages, on each";
    for (const std::string& text : Texts(*page)) seen.push_back(text);
    request.set_page_token(page->next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  EXPECT_EQ(pages, 4);
  EXPECT_EQ(seen, Texts(*whole));
}

TEST_F(PartnerUsageApiTest, APageTokenIsGoodForItsQueryAlone) {
  Used(chambre_, absl::CivilDay(2026, 11, 29), 1);
  Used(chambre_, absl::CivilDay(2026, 11, 30), 1);
  pb::ListPartnerUsageRequest request;
  request.set_parent("partners/me");
  request.set_page_size(1);
  const auto page = List(chambre_, request);
  ASSERT_TRUE(page.ok()) << page.status();
  request.set_page_token(page->next_page_token());
  request.set_parent("partners/-");
  EXPECT_EQ(ErrorReasonOf(List(chambre_, request).status()), "PAGE_TOKEN_INVALID");
}

TEST_F(PartnerUsageApiTest, NamesAllThatIsWrong) {
  struct Case {
    const char* parent;
    const char* from;
    const char* to;
    std::vector<std::string> fields;
  };
  const std::vector<Case> cases = {
      {"partners/-", "", "", {}},
      {"partners/a.b_C:d-1", "2025-10-26", "2026-11-30", {}},
      {"", "hier", "2026-02-30", {"parent", "from", "to"}},
      {"partners/", "", "", {"parent"}},
      {"partners/a/b", "", "", {"parent"}},
      {"partners/é", "", "", {"parent"}},
      {"people/me", "", "", {"parent"}},
      {"partners/me", "2026-11-30", "2026-11-29", {"to"}},
      {"partners/me", "2026-12-01", "", {"to"}},
      {"partners/me", "2025-10-25", "2026-11-30", {"to"}},
      {"partners/me", "", "0000-01-01", {"to"}},
  };
  for (const Case& one : cases) {
    pb::ListPartnerUsageRequest request;
    request.set_parent(one.parent);
    request.set_from(one.from);
    request.set_to(one.to);
    Violations violations;
    api_.Validate(request, violations);
    std::vector<std::string> fields;
    const auto details = GetErrorDetails(violations.ToStatus());
    if (details.has_value()) {
      for (const FieldViolation& violation : details->fields) fields.push_back(violation.field);
    }
    EXPECT_EQ(fields, one.fields) << one.parent << " " << one.from << " " << one.to;
  }
  pb::ListPartnerUsageRequest request;
  request.set_parent(absl::StrCat("partners/", std::string(129, 'a')));
  request.set_page_size(-1);
  Violations violations;
  api_.Validate(request, violations);
  EXPECT_EQ(GetErrorDetails(violations.ToStatus())->fields.size(), 2u);
}

TEST_F(PartnerUsageApiTest, WithoutADatabaseItSaysSo) {
  const PartnerUsageApi api(nullptr, &pipeline_, &page_tokens_, &clock_);
  rpc::Call call;
  call.caller = chambre_;
  pb::ListPartnerUsageRequest request;
  request.set_parent("partners/me");
  EXPECT_EQ(api.ListPartnerUsage(call, request).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(PartnerUsageApiTest, AnswersFromWithinTheProcessAsOverTheNetwork) {
  Used(chambre_, absl::CivilDay(2026, 11, 30), 2);
  const auto ask = [this](const std::string& parent, pb::ListPartnerUsageResponse* response) {
    pb::ListPartnerUsageRequest request;
    request.set_parent(parent);
    grpc::Status status;
    absl::Notification answered;
    api_.local()->Call("/destinationmetier.gateway.v1.PartnerUsageService/ListPartnerUsage",
                       {.authorization = "Bearer chambre",
                        .traceparent = "",
                        .accept_language = "",
                        .start = absl::Now(),
                        .deadline = absl::InfiniteFuture()},
                       ToBytes(request), [&](UnaryAnswer answer) {
                         status = answer.status;
                         if (status.ok()) FromBytes(answer.message, response);
                         answered.Notify();
                       });
    EXPECT_TRUE(answered.WaitForNotificationWithTimeout(kPatience));
    return status.error_code();
  };
  pb::ListPartnerUsageResponse response;
  EXPECT_EQ(ask("partners/me", &response), grpc::StatusCode::OK);
  EXPECT_EQ(response.total().calls(), 2);
  EXPECT_EQ(ask("partners/region", &response), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(ask("chambre", &response), grpc::StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace dm::gateway
