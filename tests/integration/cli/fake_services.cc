#include "tests/integration/cli/fake_services.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

#include <utility>

namespace dm::gateway {
namespace {

namespace catalogue = destinationmetier::catalogue::v1;
namespace pb = destinationmetier::gateway::v1;

using Context = grpc::ServerContext;

constexpr absl::Duration kPatience = absl::Seconds(20);

catalogue::OfferRecord Record(const std::string& name, catalogue::Offer::State state) {
  catalogue::OfferRecord record;
  record.mutable_offer()->set_name(name);
  record.mutable_offer()->set_title("Au fournil");
  record.mutable_offer()->set_company_display_name("Groupe Lemoine");
  record.mutable_offer()->set_state(state);
  record.set_etag("e1");
  record.set_open_reports(2);
  return record;
}

class OfferLives final : public catalogue::OfferService::Service {
 public:
  explicit OfferLives(Script* script) : script_(script) {}

  grpc::Status ListOfferRecords(Context* context, const catalogue::ListOfferRecordsRequest* request,
                                catalogue::ListOfferRecordsResponse* response) override {
    *response->add_records() = Record("offers/1", catalogue::Offer::STATE_SUBMITTED);
    response->set_next_page_token("more");
    return script_->Note("ListOfferRecords", *context, *request);
  }
  grpc::Status GetOfferRecord(Context* context, const catalogue::GetOfferRecordRequest* request,
                              catalogue::OfferRecord* response) override {
    *response = Record(request->name(), catalogue::Offer::STATE_SUSPENDED);
    response->set_cause_text("Précisez.");
    return script_->Note("GetOfferRecord", *context, *request);
  }
  grpc::Status ExplainVisibility(Context* context,
                                 const catalogue::ExplainVisibilityRequest* request,
                                 catalogue::Visibility* response) override {
    response->add_reasons()->set_text("Elle est suspendue.");
    return script_->Note("ExplainVisibility", *context, *request);
  }
  grpc::Status ApproveOffer(Context* context, const catalogue::ApproveOfferRequest* request,
                            catalogue::OfferRecord* response) override {
    *response = Record(request->name(), catalogue::Offer::STATE_PUBLISHED);
    return script_->Note("ApproveOffer", *context, *request);
  }
  grpc::Status RejectOffer(Context* context, const catalogue::RejectOfferRequest* request,
                           catalogue::OfferRecord* response) override {
    *response = Record(request->name(), catalogue::Offer::STATE_DRAFT);
    return script_->Note("RejectOffer", *context, *request);
  }
  grpc::Status SuspendOffer(Context* context, const catalogue::SuspendOfferRequest* request,
                            catalogue::OfferRecord* response) override {
    *response = Record(request->name(), catalogue::Offer::STATE_SUSPENDED);
    return script_->Note("SuspendOffer", *context, *request);
  }
  grpc::Status ResumeOffer(Context* context, const catalogue::ResumeOfferRequest* request,
                           catalogue::OfferRecord* response) override {
    *response = Record(request->name(), catalogue::Offer::STATE_PUBLISHED);
    return script_->Note("ResumeOffer", *context, *request);
  }

 private:
  Script* const script_;
};

class Moderation final : public catalogue::ModerationService::Service {
 public:
  explicit Moderation(Script* script) : script_(script) {}

  grpc::Status ListOfferReports(Context* context, const catalogue::ListOfferReportsRequest* request,
                                catalogue::ListOfferReportsResponse* response) override {
    catalogue::OfferReport& report = *response->add_reports();
    report.set_name("offerReports/9");
    report.set_offer("offers/1");
    report.set_ground(catalogue::OfferReport::GROUND_DANGEROUS);
    report.set_text("Une scie\nsans capot.");
    return script_->Note("ListOfferReports", *context, *request);
  }
  grpc::Status ResolveOfferReport(Context* context,
                                  const catalogue::ResolveOfferReportRequest* request,
                                  catalogue::OfferReport* response) override {
    response->set_name(request->name());
    response->set_outcome(request->outcome());
    return script_->Note("ResolveOfferReport", *context, *request);
  }
  grpc::Status BanCompany(Context* context, const catalogue::BanCompanyRequest* request,
                          catalogue::CompanyBan* response) override {
    response->set_company(request->name());
    response->set_justification(request->justification());
    if (request->has_end_time()) *response->mutable_end_time() = request->end_time();
    return script_->Note("BanCompany", *context, *request);
  }
  grpc::Status LiftCompanyBan(Context* context, const catalogue::LiftCompanyBanRequest* request,
                              catalogue::CompanyBan* response) override {
    response->set_company(request->name());
    response->mutable_lift_time()->set_seconds(1'796'630'400);  // 2026-12-07T08:00:00Z
    return script_->Note("LiftCompanyBan", *context, *request);
  }

 private:
  Script* const script_;
};

class Settings final : public catalogue::CompanySettingsService::Service {
 public:
  explicit Settings(Script* script) : script_(script) {}

  grpc::Status GetCompanySettings(Context* context,
                                  const catalogue::GetCompanySettingsRequest* request,
                                  catalogue::CompanySettings* response) override {
    response->set_name(request->name());
    response->set_monthly_request_quota(20);
    response->set_requests_this_month(3);
    response->mutable_ban()->set_justification("Fausses offres répétées.");
    return script_->Note("GetCompanySettings", *context, *request);
  }

 private:
  Script* const script_;
};

class Statistics final : public catalogue::StatisticsService::Service {
 public:
  explicit Statistics(Script* script) : script_(script) {}

  grpc::Status GetStatistics(Context* context, const catalogue::GetStatisticsRequest* request,
                             catalogue::GetStatisticsResponse* response) override {
    catalogue::StatisticsRow& row = *response->add_rows();
    row.set_display_name("Orne");
    row.set_offers(12);
    row.set_companies(7);
    row.set_sessions(30);
    row.set_seats(100);
    row.set_held(25);
    row.set_fill_rate(0.25);
    if (request->departments().empty()) *response->mutable_total() = row;
    return script_->Note("GetStatistics", *context, *request);
  }
  grpc::Status ListFrequentSearches(Context* context,
                                    const catalogue::ListFrequentSearchesRequest* request,
                                    catalogue::ListFrequentSearchesResponse* response) override {
    catalogue::FrequentSearch& search = *response->add_searches();
    search.set_words("astronaute");
    search.set_searches(40);
    search.set_empty(39);
    return script_->Note("ListFrequentSearches", *context, *request);
  }

 private:
  Script* const script_;
};

// Sends the next of the streams, once it is noted what was asked.
template <typename Message>
grpc::Status Send(Script* script, std::deque<Script::Stream<Message>>* streams,
                  const std::string& method, Context* context,
                  const google::protobuf::Message& request, grpc::ServerWriter<Message>* writer) {
  Script::Stream<Message> stream{.stays = true};
  if (!streams->empty()) {
    stream = std::move(streams->front());
    streams->pop_front();
  }
  const grpc::Status status = script->Note(method, *context, request);
  if (!status.ok()) return status;
  for (const Message& message : stream.messages) writer->Write(message);
  if (stream.stays) script->Stay(*context);
  return stream.end;
}

class Exchange final : public catalogue::OfferExchangeService::Service {
 public:
  Exchange(Script* script, std::deque<FakeServices::Offers>* streams)
      : script_(script), streams_(streams) {}

  grpc::Status ExportOffers(Context* context, const catalogue::ExportOffersRequest* request,
                            grpc::ServerWriter<catalogue::ExportOffersResponse>* writer) override {
    return Send(script_, streams_, "ExportOffers", context, *request, writer);
  }

 private:
  Script* const script_;
  std::deque<FakeServices::Offers>* const streams_;
};

class Feed final : public pb::PartnerEventService::Service {
 public:
  Feed(Script* script, std::deque<FakeServices::Events>* streams)
      : script_(script), streams_(streams) {}

  grpc::Status Subscribe(Context* context, const pb::SubscribeRequest* request,
                         grpc::ServerWriter<pb::PartnerEvents>* writer) override {
    return Send(script_, streams_, "Subscribe", context, *request, writer);
  }

 private:
  Script* const script_;
  std::deque<FakeServices::Events>* const streams_;
};

}  // namespace

void Script::FailNext(const grpc::Status& status) {
  absl::MutexLock lock(&mutex_);
  failures_.push_back(status);
}

std::vector<Script::Call> Script::calls() const {
  absl::MutexLock lock(&mutex_);
  return calls_;
}

bool Script::WaitForCalls(size_t count) const {
  const auto came = [this, count]()
                        ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return calls_.size() >= count; };
  absl::MutexLock lock(&mutex_);
  return mutex_.AwaitWithTimeout(absl::Condition(&came), kPatience);
}

bool Script::WaitUntilOneStays() const {
  const auto stays = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return staying_ > 0; };
  absl::MutexLock lock(&mutex_);
  return mutex_.AwaitWithTimeout(absl::Condition(&stays), kPatience);
}

grpc::Status Script::Note(const std::string& method, const grpc::ServerContext& context,
                          const google::protobuf::Message& request) {
  const auto found = context.client_metadata().find("authorization");
  absl::MutexLock lock(&mutex_);
  calls_.push_back({method, request.ShortDebugString(),
                    found == context.client_metadata().end()
                        ? ""
                        : std::string(found->second.data(), found->second.size())});
  if (failures_.empty()) return grpc::Status::OK;
  grpc::Status status = failures_.front();
  failures_.pop_front();
  return status;
}

void Script::Stay(const grpc::ServerContext& context) {
  absl::MutexLock lock(&mutex_);
  ++staying_;
  // The synchronous API tells of a cancellation only who asks.
  const bool never = false;
  while (!context.IsCancelled()) {
    mutex_.AwaitWithTimeout(absl::Condition(&never), absl::Milliseconds(10));
  }
  --staying_;
}

FakeServices::FakeServices() {
  services_.push_back(std::make_unique<OfferLives>(&script_));
  services_.push_back(std::make_unique<Moderation>(&script_));
  services_.push_back(std::make_unique<Settings>(&script_));
  services_.push_back(std::make_unique<Statistics>(&script_));
  services_.push_back(std::make_unique<Exchange>(&script_, &offers_));
  services_.push_back(std::make_unique<Feed>(&script_, &events_));
  Start();
}

FakeServices::~FakeServices() { Stop(); }

void FakeServices::Start() {
  grpc::ServerBuilder builder;
  builder.AddListeningPort(absl::StrCat("127.0.0.1:", port_), grpc::InsecureServerCredentials(),
                           &port_);
  for (const auto& service : services_) builder.RegisterService(service.get());
  server_ = builder.BuildAndStart();
}

void FakeServices::Stop() {
  if (server_ == nullptr) return;
  server_->Shutdown(std::chrono::system_clock::now());
  server_->Wait();
  server_.reset();
}

std::string FakeServices::address() const { return absl::StrCat("127.0.0.1:", port_); }

}  // namespace dm::gateway
