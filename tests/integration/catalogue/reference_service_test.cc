#include "common/execution/executor.h"
#include "common/rpc/pipeline.h"
#include "destinationmetier/catalogue/v1/reference_service.grpc.pb.h"
#include "services/catalogue/api/reference_api.h"
#include "tests/integration/catalogue/catalogue_world.h"

#include <grpcpp/grpcpp.h>

namespace dm::catalogue {
namespace {

// Nobody here brings a token.
class NoTokens final : public auth::TokenVerifier {
 public:
  absl::StatusOr<auth::Caller> Verify(absl::string_view) const override {
    return absl::UnauthenticatedError("no tokens here");
  }
};

// ReferenceService as callers meet it.
class ReferenceServiceTest : public CatalogueTest {
 protected:
  ReferenceServiceTest() {
    MustImport("communes", Seed("communes.csv"));
    grpc::ServerBuilder builder;
    builder.RegisterService(binding_.get());
    server_ = builder.BuildAndStart();
    stub_ = pb::ReferenceService::NewStub(server_->InProcessChannel({}));
  }
  ~ReferenceServiceTest() override { server_->Shutdown(); }

  grpc::Status Communes(const pb::ListCommunesRequest& request,
                        pb::ListCommunesResponse* response) {
    grpc::ClientContext context;
    response->Clear();
    return stub_->ListCommunes(&context, request, response);
  }

  NoTokens verifier_;
  Executor executor_{{.threads = 2}};
  rpc::Pipeline pipeline_{
      {.executor = &executor_, .verifier = &verifier_, .clock = &Clock::System()}};
  ReferenceApi reference_api_{database_.get(), &page_tokens_, &clock_};
  std::unique_ptr<rpc::ServiceBinding> binding_ = reference_api_.Bind(&pipeline_);
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<pb::ReferenceService::Stub> stub_;
};

TEST_F(ReferenceServiceTest, EveryMethodIsBoundAndOpenToEverybody) {
  EXPECT_TRUE(binding_->CheckComplete().ok()) << binding_->CheckComplete();
  pb::ListCommunesRequest request;
  request.set_query("FLÊRS ");
  pb::ListCommunesResponse response;
  ASSERT_TRUE(Communes(request, &response).ok());
  ASSERT_EQ(response.communes_size(), 1);
  const pb::Commune& flers = response.communes(0);
  EXPECT_EQ(flers.name(), "communes/61169");
  EXPECT_EQ(flers.department_display_name(), "Orne");
  EXPECT_EQ(flers.postal_codes(0), "61100");
  EXPECT_EQ(flers.population(), 14432);
  EXPECT_NEAR(flers.location().latitude(), 48.738369, 1e-9);
}

TEST_F(ReferenceServiceTest, APageGoesOnHoweverItIsAskedFor) {
  pb::ListCommunesRequest request;
  request.set_query("saint");
  request.add_departments("61");
  request.add_departments("14");
  request.set_page_size(1);
  pb::ListCommunesResponse first;
  ASSERT_TRUE(Communes(request, &first).ok());
  ASSERT_FALSE(first.next_page_token().empty());
  request.set_query("Saint");
  request.mutable_departments()->SwapElements(0, 1);
  request.set_page_token(first.next_page_token());
  pb::ListCommunesResponse second;
  ASSERT_TRUE(Communes(request, &second).ok());
  EXPECT_NE(second.communes(0).name(), first.communes(0).name());
  request.set_query("sainte");
  EXPECT_EQ(Communes(request, &second).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(ReferenceServiceTest, AnswersAreAtMostASecondOld) {
  pb::ListCommunesResponse response;
  ASSERT_TRUE(Communes({}, &response).ok());
  const std::string first = response.communes(0).name();
  Ask({"test_rename", "UPDATE communes SET sort_key = 'zz' || sort_key"});
  ASSERT_TRUE(Communes({}, &response).ok());
  EXPECT_EQ(response.communes(0).name(), first);
  Ask({"test_hide", "UPDATE communes SET obsolete = true"});
  clock_.Set(clock_.Now() + absl::Seconds(1));
  ASSERT_TRUE(Communes({}, &response).ok());
  EXPECT_EQ(response.communes_size(), 0);
}

TEST_F(ReferenceServiceTest, RefusesWhatIsWrongAndWhatIsNotThere) {
  pb::ListCommunesRequest wrong;
  wrong.set_query(std::string(201, 'a'));
  wrong.add_departments("99");
  wrong.set_page_size(-1);
  pb::ListCommunesResponse ignored;
  const grpc::Status status = Communes(wrong, &ignored);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  for (const char* field : {"query", "departments[0]", "page_size"}) {
    EXPECT_THAT(status.error_details(), ::testing::HasSubstr(field));
  }
  const auto source = [this](const std::string& name) {
    grpc::ClientContext context;
    pb::GetSourceRequest request;
    request.set_name(name);
    pb::Source response;
    return stub_->GetSource(&context, request, &response).error_code();
  };
  EXPECT_EQ(source("sources/communes"), grpc::StatusCode::OK);
  EXPECT_EQ(source("sources/schools"), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(source("sources/"), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(source("communes/61169"), grpc::StatusCode::INVALID_ARGUMENT);
  grpc::ClientContext context;
  pb::ListSourcesResponse sources;
  ASSERT_TRUE(stub_->ListSources(&context, {}, &sources).ok());
  ASSERT_GT(sources.sources_size(), 0);
  for (int i = 0; i < sources.sources_size(); ++i) {
    EXPECT_EQ(source(sources.sources(i).name()), grpc::StatusCode::OK);
    if (i > 0) {
      EXPECT_LT(sources.sources(i - 1).name(), sources.sources(i).name());
    }
  }
}

}  // namespace
}  // namespace dm::catalogue
