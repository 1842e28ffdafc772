#include "tests/integration/gateway/scripted_peer.h"

#include "absl/strings/str_cat.h"
#include "common/rpc/status.h"
#include "destinationmetier/event/v1/event_feed_service.grpc.pb.h"
#include "destinationmetier/event/v1/resource_events.pb.h"

#include <utility>

namespace dm::gateway {

namespace event = destinationmetier::event::v1;

// One call: a unary one is a stream of one message each way.
class ScriptedPeer::Reactor final : public grpc::ServerGenericBidiReactor {
 public:
  Reactor(ScriptedPeer* peer, grpc::GenericCallbackServerContext* context)
      : peer_(peer),
        context_(context),
        method_(context->method().substr(context->method().rfind('/') + 1)) {
    StartRead(&request_);
  }

  const std::string& method() const { return method_; }

  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::CANCELLED);
    std::vector<grpc::Slice> slices;
    if (!request_.Dump(&slices).ok()) return Finish(grpc::Status::CANCELLED);
    for (const grpc::Slice& slice : slices) {
      bytes_.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    }
    Asked asked{.request = bytes_, .deadline = absl::FromChrono(context_->deadline())};
    const auto token = context_->client_metadata().find("authorization");
    if (token != context_->client_metadata().end()) {
      asked.authorization.assign(token->second.data(), token->second.size());
    }
    peer_->Arrived(this, std::move(asked));
  }

  void Reply(const Answer& answer, absl::Duration age) {
    if (!answer) return Finish({grpc::StatusCode::UNIMPLEMENTED, ""});
    if (age > absl::ZeroDuration()) {
      context_->AddTrailingMetadata("dm-age-us", absl::StrCat(absl::ToInt64Microseconds(age)));
    }
    const absl::StatusOr<std::string> bytes = answer(bytes_);
    if (!bytes.ok()) return Finish(rpc::ToGrpcStatus(bytes.status(), "fr", "0"));
    const grpc::Slice slice(*bytes);
    response_ = grpc::ByteBuffer(&slice, 1);
    StartWriteAndFinish(&response_, grpc::WriteOptions(), grpc::Status::OK);
  }

  bool gone() const { return context_->IsCancelled(); }
  void OnCancel() override { peer_->Gone(this); }
  void OnDone() override { delete this; }

 private:
  ScriptedPeer* const peer_;
  grpc::GenericCallbackServerContext* const context_;
  const std::string method_;
  grpc::ByteBuffer request_;
  std::string bytes_;
  grpc::ByteBuffer response_;
};

class ScriptedPeer::Service final : public grpc::CallbackGenericService {
 public:
  explicit Service(ScriptedPeer* peer) : peer_(peer) {}
  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    return new Reactor(peer_, context);
  }

 private:
  ScriptedPeer* const peer_;
};

// Tells what changes while somebody follows it.
class ScriptedPeer::Feed final : public event::EventFeedService::Service {
 public:
  grpc::Status Subscribe(grpc::ServerContext* context, const event::SubscribeRequest*,
                         grpc::ServerWriter<event::SubscribeResponse>* writer) override {
    size_t told = 0;
    {
      absl::MutexLock lock(&mutex_);
      told = changes_.size();
      ++followers_;
    }
    writer->Write(event::SubscribeResponse());
    while (!context->IsCancelled()) {
      event::SubscribeResponse response;
      {
        absl::MutexLock lock(&mutex_);
        const auto news = [&]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
          return stopped_ || changes_.size() > told;
        };
        mutex_.AwaitWithTimeout(absl::Condition(&news), absl::Milliseconds(50));
        if (stopped_) break;
        for (; told < changes_.size(); ++told) {
          event::ResourceChanged changed;
          changed.set_name(changes_[told]);
          response.add_events()->mutable_data()->PackFrom(changed);
        }
      }
      if (response.events_size() > 0) writer->Write(response);
    }
    absl::MutexLock lock(&mutex_);
    --followers_;
    return grpc::Status::OK;
  }

  void Tell(const std::string& resource) {
    absl::MutexLock lock(&mutex_);
    changes_.push_back(resource);
  }
  void Stop() {
    absl::MutexLock lock(&mutex_);
    stopped_ = true;
  }
  int followers() const {
    absl::MutexLock lock(&mutex_);
    return followers_;
  }

 private:
  mutable absl::Mutex mutex_;
  std::vector<std::string> changes_ ABSL_GUARDED_BY(mutex_);
  int followers_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

ScriptedPeer::ScriptedPeer()
    : service_(std::make_unique<Service>(this)), feed_(std::make_unique<Feed>()) {
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterCallbackGenericService(service_.get());
  builder.RegisterService(feed_.get());
  server_ = builder.BuildAndStart();
  channel_ =
      grpc::CreateChannel(absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials());
}

ScriptedPeer::~ScriptedPeer() {
  feed_->Stop();
  server_->Shutdown(std::chrono::system_clock::now());
  server_->Wait();
}

void ScriptedPeer::Set(const std::string& method, Answer answer) {
  absl::MutexLock lock(&mutex_);
  answers_[method] = std::move(answer);
}

void ScriptedPeer::Hold(const std::string& method) {
  absl::MutexLock lock(&mutex_);
  held_.insert(method);
}

void ScriptedPeer::Release(const std::string& method) {
  std::vector<Reactor*> released;
  {
    absl::MutexLock lock(&mutex_);
    held_.erase(method);
    for (auto one = waiting_.begin(); one != waiting_.end();) {
      const bool his = (*one)->method() == method;
      if (his) released.push_back(*one);
      one = his ? waiting_.erase(one) : std::next(one);
    }
  }
  for (Reactor* reactor : released) reactor->Reply(AnswerOf(method), absl::ZeroDuration());
}

void ScriptedPeer::Age(const std::string& method, absl::Duration age) {
  absl::MutexLock lock(&mutex_);
  ages_[method] = age;
}

ScriptedPeer::Answer ScriptedPeer::AnswerOf(const std::string& method) const {
  absl::MutexLock lock(&mutex_);
  const auto found = answers_.find(method);
  return found == answers_.end() ? Answer() : found->second;
}

void ScriptedPeer::Arrived(Reactor* reactor, Asked asked) {
  const std::string method = reactor->method();
  absl::Duration age;
  {
    absl::MutexLock lock(&mutex_);
    asked_[method].push_back(std::move(asked));
    if (held_.contains(method) && !reactor->gone()) {
      // From now on somebody else may end it.
      waiting_.insert(reactor);
      return;
    }
    if (const auto found = ages_.find(method); found != ages_.end()) age = found->second;
  }
  reactor->Reply(AnswerOf(method), age);
}

void ScriptedPeer::Gone(Reactor* reactor) {
  {
    absl::MutexLock lock(&mutex_);
    // Who was answered has its end.
    if (waiting_.erase(reactor) == 0) return;
  }
  reactor->Finish(grpc::Status::CANCELLED);
}

void ScriptedPeer::Changed(const std::string& resource) { feed_->Tell(resource); }

int ScriptedPeer::followers() const { return feed_->followers(); }

std::vector<ScriptedPeer::Asked> ScriptedPeer::asked(const std::string& method) const {
  absl::MutexLock lock(&mutex_);
  const auto found = asked_.find(method);
  return found == asked_.end() ? std::vector<Asked>() : found->second;
}

int ScriptedPeer::calls() const {
  absl::MutexLock lock(&mutex_);
  size_t calls = 0;
  for (const auto& [method, asked] : asked_) calls += asked.size();
  return static_cast<int>(calls);
}

}  // namespace dm::gateway
