#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/text/uuid.h"
#include "tests/model/zoo/faults.h"

#include <map>
#include <memory>
#include <utility>

namespace dm::model {
namespace {

// Each try has a request id of its own, so that the ledger cannot know one from another.
class ForgetfulFront final : public Front {
 public:
  explicit ForgetfulFront(Front* inner) : inner_(inner) {}

  void Submit(const Ask& ask, std::function<void(Answer)> done) override {
    Ask anew = ask;
    anew.request_id = NewUuid(absl::Now());
    inner_->Submit(anew, std::move(done));
  }

 private:
  Front* const inner_;
};

// Answers a request that comes again with the booking as it is by then.
class UpToDateFront final : public Front {
 public:
  explicit UpToDateFront(Front* inner) : inner_(inner) {}

  void Submit(const Ask& ask, std::function<void(Answer)> done) override {
    inner_->Submit(ask, [this, done = std::move(done)](Answer answer) {
      if (answer.result == Result::kOk) answer = Newest(std::move(answer));
      done(std::move(answer));
    });
  }

 private:
  Answer Newest(Answer answer) {
    absl::MutexLock lock(&mutex_);
    Answer& newest = newest_[answer.booking];
    if (newest.version < answer.version) newest = std::move(answer);
    return newest;
  }

  Front* const inner_;
  absl::Mutex mutex_;
  std::map<std::string, Answer> newest_ ABSL_GUARDED_BY(mutex_);
};

template <typename Wrapper>
SeededFault InFront(std::string name, std::string check) {
  SeededFault fault = {std::move(name), std::move(check), {}};
  fault.setting.wrap_front = [](Front* inner) { return std::make_unique<Wrapper>(inner); };
  return fault;
}

}  // namespace

std::vector<SeededFault> RequestFaults() {
  return {
      InFront<ForgetfulFront>("ANewRequestIdForEachTry", "durable"),
      InFront<UpToDateFront>("ReplaysAnswerWhatIsNow", "replay"),
  };
}

}  // namespace dm::model
