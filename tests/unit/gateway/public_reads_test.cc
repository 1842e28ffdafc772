#include "services/gateway/api/public_reads.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "destinationmetier/catalogue/v1/catalogue_service.pb.h"
#include "services/gateway/api/message_bytes.h"
#include "services/gateway/api/public_services.h"
#include "tests/support/settable_clock.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace dm::gateway {
namespace {

namespace catalogue = destinationmetier::catalogue::v1;

constexpr char kSearch[] = "/destinationmetier.catalogue.v1.CatalogueService/SearchOffers";
constexpr char kGet[] = "/destinationmetier.catalogue.v1.CatalogueService/GetOffer";
constexpr char kStatistics[] = "/destinationmetier.catalogue.v1.StatisticsService/GetStatistics";

// Answers with the number of the call, at once or when it is told to.
class NumberingPeer final : public Backend {
 public:
  explicit NumberingPeer(const Clock* clock) : clock_(clock) {}

  void Call(const std::string&, const CallContext&, grpc::ByteBuffer, Done done) override {
    ++calls;
    if (later) {
      waiting.push_back(std::move(done));
    } else {
      Answer(std::move(done));
    }
  }
  void AnswerAll() {
    for (Done& done : std::exchange(waiting, {})) Answer(std::move(done));
  }

  int calls = 0;
  bool later = false;
  absl::Duration age;
  size_t bytes = 10;
  grpc::Status status;
  std::vector<Done> waiting;

 private:
  void Answer(Done done) const {
    UnaryAnswer answer;
    answer.status = status;
    const grpc::Slice slice(absl::StrCat(calls, std::string(bytes, ' ')));
    if (status.ok()) answer.message = grpc::ByteBuffer(&slice, 1);
    answer.read = clock_->Now() - age;
    std::move(done)(std::move(answer));
  }

  const Clock* const clock_;
};

class PublicReadsTest : public ::testing::Test {
 protected:
  // Which call's answer it is; 0 for an error, -1 while there is none.
  int Ask(const std::string& method, const std::string& query, const std::string& token = "") {
    auto number = std::make_shared<int>(-1);
    AskInto(number, method, query, token);
    return *number;
  }
  void AskInto(const std::shared_ptr<int>& number, const std::string& method,
               const std::string& query, const std::string& token = "") {
    catalogue::SearchOffersRequest request;
    request.set_query(query);
    CallContext call{.start = clock_.Now(), .deadline = clock_.Now() + absl::Seconds(5)};
    call.authorization = token;
    reads_.Call(&peer_, method, call, ToBytes(request), [number](UnaryAnswer answer) {
      *number = answer.status.ok() ? std::stoi(TextOf(answer.message)) : 0;
    });
  }
  void Pass(absl::Duration time) { clock_.Set(clock_.Now() + time); }

  static constexpr size_t kMostBytes = 1 << 20;
  testing::SettableClock clock_{absl::FromUnixSeconds(1795435200)};
  NumberingPeer peer_{&clock_};
  PublicReads reads_{&clock_, kMostBytes};
};

TEST_F(PublicReadsTest, WhoAsksTheSameWithinASecondGetsTheSame) {
  EXPECT_EQ(Ask(kSearch, "pain"), 1);
  Pass(absl::Milliseconds(999));
  EXPECT_EQ(Ask(kSearch, "pain"), 1);
  EXPECT_EQ(Ask(kSearch, "bois"), 2);
  Pass(absl::Milliseconds(1));
  EXPECT_EQ(Ask(kSearch, "pain"), 3);
}

TEST_F(PublicReadsTest, TheAgeOfAnAnswerCounts) {
  peer_.age = absl::Milliseconds(700);
  EXPECT_EQ(Ask(kSearch, "pain"), 1);
  Pass(absl::Milliseconds(299));
  EXPECT_EQ(Ask(kSearch, "pain"), 1);
  Pass(absl::Milliseconds(1));
  EXPECT_EQ(Ask(kSearch, "pain"), 2);
}

TEST_F(PublicReadsTest, AHundredClientsAtOnceAreOneCall) {
  peer_.later = true;
  std::vector<std::shared_ptr<int>> answers;
  for (int i = 0; i < 100; ++i) {
    answers.push_back(std::make_shared<int>(-1));
    AskInto(answers.back(), kSearch, "pain");
  }
  EXPECT_EQ(peer_.calls, 1);
  for (const auto& answer : answers) EXPECT_EQ(*answer, -1);
  peer_.AnswerAll();
  for (const auto& answer : answers) EXPECT_EQ(*answer, 1);
  EXPECT_EQ(peer_.calls, 1);
}

TEST_F(PublicReadsTest, AFailureIsNobodyElsesAndIsNotKept) {
  peer_.later = true;
  auto first = std::make_shared<int>(-1);
  auto second = std::make_shared<int>(-1);
  AskInto(first, kSearch, "pain");
  AskInto(second, kSearch, "pain");
  peer_.status = {grpc::StatusCode::DEADLINE_EXCEEDED, ""};
  peer_.AnswerAll();
  EXPECT_EQ(*first, 0);
  EXPECT_EQ(*second, -1);
  EXPECT_EQ(peer_.calls, 2);
  peer_.status = grpc::Status::OK;
  peer_.AnswerAll();
  EXPECT_EQ(*second, 2);
  peer_.later = false;
  EXPECT_EQ(Ask(kSearch, "pain"), 3);
}

TEST_F(PublicReadsTest, AnAnswerThatIsOldAlreadyIsGivenAndNotKept) {
  peer_.age = absl::Seconds(2);
  EXPECT_EQ(Ask(kSearch, "pain"), 1);
  EXPECT_EQ(Ask(kSearch, "pain"), 2);
}

TEST_F(PublicReadsTest, NothingIsKeptForWhoComesWithAToken) {
  EXPECT_EQ(Ask(kStatistics, ""), 1);
  EXPECT_EQ(Ask(kStatistics, "", "Bearer clerk"), 2);
  EXPECT_EQ(Ask(kStatistics, "", "Bearer clerk"), 3);
  EXPECT_EQ(Ask(kStatistics, ""), 1);
}

TEST_F(PublicReadsTest, NothingElseIsKept) {
  for (const char* method : {"/destinationmetier.catalogue.v1.CatalogueService/CancelSession",
                             "/destinationmetier.booking.v1.BookingService/ListBookings",
                             "/destinationmetier.booking.v1.PeopleService/LookUpConsentRequest",
                             "/destinationmetier.gateway.v1.GatewayService/GetMySpace"}) {
    const int first = Ask(method, "");
    EXPECT_EQ(Ask(method, ""), first + 1) << method;
  }
}

TEST_F(PublicReadsTest, WhatHasChangedIsReadAnew) {
  // Field 1 is the name of what is asked for.
  EXPECT_EQ(Ask(kGet, "offers/1"), 1);
  EXPECT_EQ(Ask(kGet, "offers/2"), 2);
  EXPECT_EQ(Ask(kSearch, "offers/1"), 3);
  reads_.Drop("offers/1");
  EXPECT_EQ(Ask(kGet, "offers/1"), 4);
  EXPECT_EQ(Ask(kGet, "offers/2"), 2);
  // A search would never be kept if every seat that is taken ended it.
  EXPECT_EQ(Ask(kSearch, "offers/1"), 3);
  reads_.Drop("professions/-");
  reads_.Drop("");
}

TEST_F(PublicReadsTest, AFormThatWasMadeOfAnAnswerIsKeptWithItAndNoLonger) {
  struct Form final : AnswerForm {
    size_t ByteSize() const override { return 1'000; }
  };
  const auto answer = [this] {
    UnaryAnswer got;
    const CallContext call{.start = clock_.Now(), .deadline = clock_.Now() + absl::Seconds(5)};
    reads_.Call(&peer_, kSearch, call, grpc::ByteBuffer(),
                [&got](UnaryAnswer one) { got = std::move(one); });
    return got;
  };
  UnaryAnswer first = answer();
  ASSERT_TRUE(first.keep_form);
  const size_t before = reads_.bytes();
  const auto form = std::make_shared<const Form>();
  first.keep_form(form);
  EXPECT_EQ(answer().form, form);
  EXPECT_EQ(reads_.bytes(), before + form->ByteSize());
  EXPECT_EQ(peer_.calls, 1);
  Pass(absl::Seconds(1));
  EXPECT_EQ(answer().form, nullptr);
  EXPECT_EQ(peer_.calls, 2);
  // What was made of an answer that is old by now is not kept.
  first.keep_form(form);
  EXPECT_EQ(answer().form, nullptr);
}

TEST_F(PublicReadsTest, IsBounded) {
  peer_.bytes = 5'000;
  for (int i = 0; i < 1'000; ++i) {
    Ask(kSearch, absl::StrCat("word", i));
    EXPECT_LE(reads_.bytes(), kMostBytes);
  }
  EXPECT_GT(reads_.bytes(), kMostBytes / 2);
}

TEST_F(PublicReadsTest, WithoutMemoryEverybodyCalls) {
  PublicReads none(&clock_, 0);
  const CallContext call{.start = clock_.Now(), .deadline = clock_.Now() + absl::Seconds(5)};
  for (int i = 1; i <= 3; ++i) {
    none.Call(&peer_, kSearch, call, grpc::ByteBuffer(), [](UnaryAnswer) {});
    EXPECT_EQ(peer_.calls, i);
  }
}

TEST(PublicReads, KeepsMethodsThatAreThereAndCanBeReached) {
  std::vector<std::string> reached;
  for (const PublicEntry& entry : PublicTable()) {
    for (int i = 0; i < entry.service->method_count(); ++i) {
      reached.push_back(
          absl::StrCat("/", entry.service->full_name(), "/", entry.service->method(i)->name()));
    }
  }
  for (const std::string& method : PublicReads::Methods()) {
    EXPECT_THAT(reached, ::testing::Contains(method));
  }
}

}  // namespace
}  // namespace dm::gateway
