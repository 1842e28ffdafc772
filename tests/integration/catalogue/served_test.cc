#include "absl/strings/ascii.h"
#include "common/execution/executor.h"
#include "common/rpc/pipeline.h"
#include "destinationmetier/catalogue/v1/catalogue_service.grpc.pb.h"
#include "services/catalogue/store/search_changes.h"
#include "tests/integration/catalogue/catalogue_world.h"

#include <grpcpp/grpcpp.h>

#include <string>
#include <thread>
#include <vector>

namespace dm::catalogue {
namespace {

// Nobody here brings a token.
class NoTokens final : public auth::TokenVerifier {
 public:
  absl::StatusOr<auth::Caller> Verify(absl::string_view) const override {
    return absl::UnauthenticatedError("no tokens here");
  }
};

// The service as callers meet it.
class ServedTest : public CatalogueTest {
 protected:
  ServedTest() {
    ImportSeed();
    CatchUp();
    grpc::ServerBuilder builder;
    builder.RegisterService(binding_.get());
    server_ = builder.BuildAndStart();
    stub_ = pb::CatalogueService::NewStub(server_->InProcessChannel({}));
  }
  ~ServedTest() override { server_->Shutdown(); }

  pb::SearchCompaniesResponse Companies() {
    grpc::ClientContext context;
    pb::SearchCompaniesRequest request;
    request.add_departments("61");
    pb::SearchCompaniesResponse response;
    const grpc::Status status = stub_->SearchCompanies(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }

  NoTokens verifier_;
  Executor executor_{{.threads = 2}};
  rpc::Pipeline pipeline_{
      {.executor = &executor_, .verifier = &verifier_, .clock = &Clock::System()}};
  std::unique_ptr<rpc::ServiceBinding> binding_ = api_.Bind(&pipeline_);
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<pb::CatalogueService::Stub> stub_;
};

TEST_F(ServedTest, EveryMethodIsBound) {
  EXPECT_TRUE(binding_->CheckComplete().ok()) << binding_->CheckComplete();
  EXPECT_TRUE(import_api_.Bind(&pipeline_)->CheckComplete().ok());
}

TEST_F(ServedTest, AnswersAreAtMostASecondOld) {
  EXPECT_EQ(Companies().total_size(), 52);
  const absl::Status hidden =
      database_->Write(absl::Now() + absl::Seconds(30), [this](database::Transaction& transaction) {
        const pqxx::result rows = transaction.Exec(database::Statement{"test_hide", R"sql(
UPDATE offers SET published = false, state = 4 WHERE siret = '00061001400011' RETURNING id
)sql"});
        std::vector<std::string> ids;
        for (const pqxx::row& row : rows) ids.emplace_back(row[0].c_str());
        TouchOffers(transaction, ids, clock_.Now());
        return absl::OkStatus();
      });
  ASSERT_TRUE(hidden.ok()) << hidden;
  CatchUp();
  EXPECT_EQ(Companies().total_size(), 52);
  clock_.Set(clock_.Now() + absl::Seconds(1));
  CatchUp();
  EXPECT_EQ(Companies().total_size(), 51);
}

TEST_F(ServedTest, SearchesAreRefusedOnceTheIndexIsFarBehindAndAllElseIsRead) {
  const std::string offer =
      Ask({"test_any", "SELECT 'offers/' || min(id::text) FROM offers"})[0][0].c_str();
  const auto codes = [&] {
    grpc::ClientContext contexts[5];
    pb::SearchOffersRequest offers;
    pb::SearchCompaniesRequest companies;
    pb::SearchProfessionsRequest professions;
    pb::SuggestProfessionsRequest suggestions;
    pb::GetOfferRequest get;
    get.set_name(offer);
    suggestions.set_query("boul");
    pb::SearchOffersResponse found_offers;
    pb::SearchCompaniesResponse found_companies;
    pb::SearchProfessionsResponse found_professions;
    pb::SuggestProfessionsResponse suggested;
    pb::Offer got;
    return std::vector<grpc::StatusCode>{
        stub_->SearchOffers(&contexts[0], offers, &found_offers).error_code(),
        stub_->SearchCompanies(&contexts[1], companies, &found_companies).error_code(),
        stub_->SearchProfessions(&contexts[2], professions, &found_professions).error_code(),
        stub_->SuggestProfessions(&contexts[3], suggestions, &suggested).error_code(),
        stub_->GetOffer(&contexts[4], get, &got).error_code()};
  };
  constexpr auto kGood = grpc::StatusCode::OK;
  constexpr auto kNone = grpc::StatusCode::UNAVAILABLE;
  using ::testing::ElementsAre;
  EXPECT_THAT(codes(), ElementsAre(kGood, kGood, kGood, kGood, kGood));
  clock_.Set(clock_.Now() + absl::Seconds(10));
  EXPECT_THAT(codes(), ElementsAre(kNone, kNone, kNone, kNone, kGood));
  CatchUp();
  EXPECT_THAT(codes(), ElementsAre(kGood, kGood, kGood, kGood, kGood));
}

TEST_F(ServedTest, ASearchIsAnsweredFromMemoryWhileNothingChangesAndForASecondAfter) {
  const auto found = [this] {
    grpc::ClientContext context;
    pb::SearchOffersRequest request;
    request.add_departments("61");
    pb::SearchOffersResponse response;
    const grpc::Status status = stub_->SearchOffers(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_LT(rpc::AgeOf(context), absl::Seconds(1));
    return response.total_size();
  };
  const int all = found();
  const auto hide = [this](bool tell) {
    const absl::Status hidden =
        database_->Write(absl::Now() + absl::Seconds(30), [&](database::Transaction& transaction) {
          const pqxx::result rows = transaction.Exec(database::Statement{"test_hide", R"sql(
UPDATE offers SET published = false, state = 4 WHERE id = (
  SELECT min(id::text)::uuid FROM offers WHERE published AND department = '61') RETURNING id
)sql"});
          if (tell) {
            const std::vector<std::string> ids = {rows[0][0].c_str()};
            TouchOffers(transaction, ids, clock_.Now());
          }
          return absl::OkStatus();
        });
    ASSERT_TRUE(hidden.ok()) << hidden;
  };
  // Who does not say so is not heard of: the answer is the one of before, and yet of this moment.
  hide(/*tell=*/false);
  for (int i = 0; i < 5; ++i) {
    clock_.Set(clock_.Now() + absl::Seconds(10));
    CatchUp();
    EXPECT_EQ(found(), all);
  }
  hide(/*tell=*/true);
  clock_.Set(clock_.Now() + absl::Seconds(1));
  CatchUp();
  EXPECT_EQ(found(), all - 1);
}

TEST_F(ServedTest, CountsSearchesAlsoThoseThatAreAnsweredFromMemory) {
  const auto search = [this](const std::string& query, const std::string& page_token) {
    grpc::ClientContext context;
    pb::SearchOffersRequest request;
    request.set_query(query);
    request.set_page_token(page_token);
    request.set_page_size(1);
    pb::SearchOffersResponse response;
    const grpc::Status status = stub_->SearchOffers(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.next_page_token();
  };
  const std::string next = search("boulanger", "");
  EXPECT_FALSE(next.empty());
  search("Boulangère", "");
  search("boulanger", next);
  search("licorne", "");
  search("licorne", "");
  Companies();
  std::vector<std::string> counted;
  for (const CountedSearch& one : tally_.Take()) {
    counted.push_back(absl::StrCat(one.words, " ", one.searches, " ", one.empty));
  }
  EXPECT_THAT(counted, ::testing::ElementsAre("boulanger 2 0", "licorn 2 2"));
}

TEST_F(ServedTest, OffersThatManyAskForAtOnceComeEachToWhomeverAsked) {
  std::vector<std::string> names;
  for (const pqxx::row& row : Ask({"test_ids", "SELECT 'offers/' || id FROM offers LIMIT 40"})) {
    names.emplace_back(row[0].c_str());
  }
  names.emplace_back("offers/019b8dd0-5780-7615-8c22-1e51d9c1fbd0");
  // Twice the same, and the same as people may write it.
  names.push_back(names.front());
  names.push_back("offers/" + absl::AsciiStrToUpper(names[1].substr(7)));
  std::vector<std::thread> callers;
  for (const std::string& name : names) {
    callers.emplace_back([this, name, &names] {
      grpc::ClientContext context;
      pb::GetOfferRequest request;
      request.set_name(name);
      pb::Offer offer;
      const grpc::Status status = stub_->GetOffer(&context, request, &offer);
      if (name == names[40]) {
        EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
      } else {
        EXPECT_TRUE(status.ok()) << status.error_message();
        EXPECT_EQ(offer.name(), absl::AsciiStrToLower(name));
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
}

TEST_F(ServedTest, RefusesWhatIsWrongAndWhatIsNotThere) {
  grpc::ClientContext context;
  pb::SearchOffersRequest request;
  request.add_departments("99");
  pb::SearchOffersResponse response;
  EXPECT_EQ(stub_->SearchOffers(&context, request, &response).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
  grpc::ClientContext other;
  pb::GetProfessionRequest get;
  get.set_name("professions/Z9999");
  pb::Profession profession;
  EXPECT_EQ(stub_->GetProfession(&other, get, &profession).error_code(),
            grpc::StatusCode::NOT_FOUND);
}

}  // namespace
}  // namespace dm::catalogue
