#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/errors/error.h"
#include "common/rpc/call.h"
#include "common/rpc/method.h"
#include "common/time/clock.h"
#include "destinationmetier/type/v1/error_reason.pb.h"
#include "services/gateway/api/peer_status.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace dm::gateway {

// Of the time that is left when a call begins. The rest is for the page to go out without it.
constexpr double kMainDishShare = 0.9;
constexpr double kSideDishShare = 0.8;
// Nobody waits longer for what a page can do without.
constexpr absl::Duration kLongestSideDish = absl::Seconds(3);

// One page in the making: its calls run side by side, and it is answered when the last of them has
// ended. The main dish's error is the page's; a side dish that fails is named in `missing` and
// `missing_reasons`, which every page has. Without a main dish the page fails when all its side
// dishes do. Thread-safe; lives until the answer is given.
template <typename Page>
class Gathering : public std::enable_shared_from_this<Gathering<Page>> {
 public:
  // A method of a generated stub's asynchronous interface.
  template <typename Service, typename Request, typename Response>
  using Method = void (Service::*)(grpc::ClientContext*, const Request*, Response*,
                                   std::function<void(grpc::Status)>);

  // `order` asks for all that goes into the page; more may be asked for whenever something arrives.
  // `clock` outlives this.
  template <typename Order>
  static void Make(const Clock* clock, std::shared_ptr<const rpc::Call> call, rpc::Done<Page> done,
                   const Order& order) {
    const auto gathering =
        std::shared_ptr<Gathering>(new Gathering(clock, std::move(call), std::move(done)));
    // What is asked for meanwhile may be answered at once, and is not yet all.
    gathering->Open();
    order(*gathering);
    gathering->Close();
  }

  // `arrive(response)` puts it into the page by Fill, and may ask for more.
  template <typename Service, typename Request, typename Response, typename Arrive>
  void Main(Service* service, Method<Service, Request, Response> method, Request request,
            Arrive arrive) {
    Ask(MainDeadline(), service, method, std::move(request),
        [this, arrive = std::move(arrive)](const absl::Status& status, Response& response) {
          if (!status.ok()) return Spoil(status);
          Arrived();
          arrive(response);
        });
  }

  // `fill(page, response)` puts what `field` is into the page.
  template <typename Service, typename Request, typename Response, typename Fill>
  void Side(absl::string_view field, Service* service, Method<Service, Request, Response> method,
            Request request, Fill fill) {
    AskForSide(field, service, method, std::move(request), std::move(fill), /*may_be_none=*/false);
  }

  // The same where NOT_FOUND is an answer: there is none.
  template <typename Service, typename Request, typename Response, typename Fill>
  void SideIfAny(absl::string_view field, Service* service,
                 Method<Service, Request, Response> method, Request request, Fill fill) {
    AskForSide(field, service, method, std::move(request), std::move(fill), /*may_be_none=*/true);
  }

  template <typename Change>
  void Fill(const Change& change) {
    absl::MutexLock lock(&mutex_);
    change(page_);
  }

  const rpc::Call& call() const { return *call_; }
  absl::Time Now() const { return clock_->Now(); }

 private:
  Gathering(const Clock* clock, std::shared_ptr<const rpc::Call> call, rpc::Done<Page> done)
      : clock_(clock), call_(std::move(call)), done_(std::move(done)) {}

  absl::Duration Left() const {
    return std::max(absl::ZeroDuration(), call_->deadline - clock_->Now());
  }
  absl::Time MainDeadline() const { return clock_->Now() + Left() * kMainDishShare; }
  absl::Time SideDeadline() const {
    return clock_->Now() + std::min(Left() * kSideDishShare, kLongestSideDish);
  }

  template <typename Service, typename Request, typename Response, typename FillSide>
  void AskForSide(absl::string_view field, Service* service,
                  Method<Service, Request, Response> method, Request request, FillSide fill,
                  bool may_be_none) {
    Ask(SideDeadline(), service, method, std::move(request),
        [this, field = std::string(field), fill = std::move(fill), may_be_none](
            const absl::Status& status, Response& response) {
          if (may_be_none && absl::IsNotFound(status)) return Arrived();
          if (!status.ok()) return Lack(field, status);
          Arrived();
          Fill([&](Page& page) { fill(page, response); });
        });
  }

  // The call that takes `arrive(status, response)` keeps this alive.
  template <typename Service, typename Request, typename Response, typename Arrive>
  void Ask(absl::Time deadline, Service* service, Method<Service, Request, Response> method,
           Request request, Arrive arrive) {
    struct Flight {
      absl::Time start;
      grpc::ClientContext context;
      Request request;
      Response response;
    };
    Open();
    auto flight = std::make_shared<Flight>();
    flight->start = clock_->Now();
    flight->request = std::move(request);
    rpc::PassOn(*call_, flight->context);
    flight->context.set_deadline(absl::ToChronoTime(deadline));
    (service->*method)(&flight->context, &flight->request, &flight->response,
                       [self = this->shared_from_this(), flight,
                        arrive = std::move(arrive)](const grpc::Status& status) {
                         self->ReadAt(flight->start - rpc::AgeOf(flight->context));
                         arrive(AbslStatusOf(status), flight->response);
                         self->Close();
                       });
  }

  void Open() {
    absl::MutexLock lock(&mutex_);
    ++open_;
  }

  // A page is as old as what is oldest in it.
  void ReadAt(absl::Time read) {
    absl::MutexLock lock(&mutex_);
    read_ = std::min(read_, read);
  }

  void Arrived() {
    absl::MutexLock lock(&mutex_);
    something_came_ = true;
  }

  // What the main dish says of the request comes before what others say.
  void Spoil(const absl::Status& error) {
    absl::MutexLock lock(&mutex_);
    error_ = error;
  }

  // What the caller asked wrongly makes no good page.
  void Lack(const std::string& field, const absl::Status& status) {
    absl::MutexLock lock(&mutex_);
    if (absl::IsInvalidArgument(status)) {
      if (error_.ok()) error_ = status;
      return;
    }
    if (first_lack_.ok()) first_lack_ = status;
    namespace type = destinationmetier::type::v1;
    type::ErrorReason reason = type::ERROR_REASON_UNSPECIFIED;
    if (!type::ErrorReason_Parse(absl::StrCat("ERROR_REASON_", ReasonOf(status)), &reason)) {
      reason = type::ERROR_REASON_BACKEND_UNAVAILABLE;
    }
    page_.add_missing(field);
    (*page_.mutable_missing_reasons())[field] = reason;
  }

  // gRPC's own errors have no details.
  static std::string ReasonOf(const absl::Status& status) {
    if (absl::IsDeadlineExceeded(status)) return "DEADLINE_EXCEEDED";
    return ErrorReasonOf(status);
  }

  void Close() {
    absl::StatusOr<Page> result = absl::InternalError("");
    {
      absl::MutexLock lock(&mutex_);
      if (--open_ > 0) return;
      if (error_.ok() && !something_came_) error_ = first_lack_;
      call_->TellAge(clock_->Now() - read_);
      if (error_.ok()) {
        std::sort(page_.mutable_missing()->begin(), page_.mutable_missing()->end());
        result = std::move(page_);
      } else {
        result = error_;
      }
    }
    std::move(done_)(std::move(result));
  }

  const Clock* const clock_;
  const std::shared_ptr<const rpc::Call> call_;
  // Used by whoever ends the last call.
  rpc::Done<Page> done_;
  absl::Mutex mutex_;
  Page page_ ABSL_GUARDED_BY(mutex_);
  absl::Status error_ ABSL_GUARDED_BY(mutex_);
  absl::Status first_lack_ ABSL_GUARDED_BY(mutex_);
  bool something_came_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Time read_ ABSL_GUARDED_BY(mutex_) = absl::InfiniteFuture();
  int open_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace dm::gateway
