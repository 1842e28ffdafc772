#include "tests/support/fake_feed.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/text/uuid.h"

#include <algorithm>
#include <utility>

namespace dm::testing {
namespace {

namespace event = destinationmetier::event::v1;

constexpr int kPage = 500;

}  // namespace

FakeFeed::FakeFeed(std::string source) : source_(std::move(source)) {
  Start();
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 20);
  channel_ = grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", port_),
                                       grpc::InsecureChannelCredentials(), arguments);
}

FakeFeed::~FakeFeed() {
  if (server_ != nullptr) Stop();
}

void FakeFeed::Start() {
  pipeline_ = std::make_unique<rpc::Pipeline>(rpc::Pipeline::Options{
      .executor = &executor_, .verifier = &verifier_, .clock = &Clock::System()});
  binding_ = std::make_unique<rpc::ServiceBinding>(
      event::Event::descriptor()->file()->FindServiceByName("EventFeedService"), pipeline_.get());
  const rpc::Policy everybody{.roles = {auth::Role::kAnonymous},
                              .max_time = absl::InfiniteDuration()};
  binding_->Stream<event::SubscribeRequest, event::SubscribeResponse>(
      "Subscribe", everybody, nullptr,
      [this](const rpc::Call&, const event::SubscribeRequest& request,
             rpc::Writer<event::SubscribeResponse>& writer) { return Stream(request, writer); });
  binding_->Blocking<event::ReadEventsRequest, event::SubscribeResponse>(
      "ReadEvents", everybody, nullptr,
      [this](const rpc::Call&, const event::ReadEventsRequest& request) {
        ++pages_;
        return Page(request.after(), request.types());
      });
  grpc::ServerBuilder builder;
  builder.AddListeningPort(absl::StrCat("127.0.0.1:", port_), grpc::InsecureServerCredentials(),
                           &port_);
  builder.RegisterService(binding_.get());
  server_ = builder.BuildAndStart();
}

void FakeFeed::Stop() {
  pipeline_->StopStreams();
  server_->Shutdown(std::chrono::system_clock::now());
  server_->Wait();
  server_.reset();
  binding_.reset();
  pipeline_.reset();
}

int64_t FakeFeed::Append(const std::string& subject, const google::protobuf::Message& payload,
                         int count) {
  absl::MutexLock lock(&mutex_);
  for (int i = 0; i < count; ++i) {
    event::Event& one = events_.emplace_back();
    one.set_sequence(End());
    one.set_id(NewUuid(absl::Now()));
    one.set_source(source_);
    one.set_type(payload.GetDescriptor()->full_name());
    one.set_subject(subject);
    one.mutable_time()->set_seconds(1'800'000'000);
    one.mutable_data()->PackFrom(payload);
  }
  return End();
}

void FakeFeed::TrimTo(int64_t sequence) {
  absl::MutexLock lock(&mutex_);
  events_.erase(events_.begin(), events_.begin() + (sequence - trimmed_));
  trimmed_ = sequence;
}

absl::StatusOr<event::SubscribeResponse> FakeFeed::Page(
    int64_t after, const google::protobuf::RepeatedPtrField<std::string>& types) {
  absl::MutexLock lock(&mutex_);
  if (after > End()) {
    Violations violations;
    violations.Add("after", "is beyond the feed's end");
    return violations.ToStatus();
  }
  if (after > 0 && after < trimmed_) {
    return MakeError(absl::StatusCode::kOutOfRange, "deleted", {.reason = "EVENTS_EXPIRED"});
  }
  event::SubscribeResponse response;
  int64_t position = std::max(after, trimmed_);
  for (; position < End() && response.events_size() < kPage; ++position) {
    const event::Event& one = events_[static_cast<size_t>(position - trimmed_)];
    const bool wanted =
        types.empty() || std::find(types.begin(), types.end(), one.type()) != types.end();
    if (wanted) *response.add_events() = one;
  }
  response.set_position(position);
  return response;
}

absl::Status FakeFeed::Stream(const event::SubscribeRequest& request,
                              rpc::Writer<event::SubscribeResponse>& writer) {
  ++streams_;
  int64_t position = request.after();
  if (request.from_end()) {
    absl::MutexLock lock(&mutex_);
    position = End();
  }
  bool first = true;
  while (!writer.Cancelled()) {
    auto page = Page(position, request.types());
    if (!page.ok()) return page.status();
    const bool news = page->position() != position;
    position = page->position();
    if (!news && !std::exchange(first, false)) {
      absl::SleepFor(absl::Milliseconds(2));
      continue;
    }
    first = false;
    if (!writer.Write(*page)) break;
  }
  return absl::OkStatus();
}

}  // namespace dm::testing
