#pragma once

#include "absl/strings/string_view.h"
#include "common/answers/answer_cache.h"
#include "common/time/clock.h"
#include "services/gateway/api/backend.h"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace dm::gateway {

// The gateway's memory of what everybody may read: for who comes without a token, and for methods
// whose answer is the same for all of them. An answer is kept until it is 1 s old, counted from
// when the service behind began to read what it says, so that its own cache and this one add up to
// no more; of a thing that its service's feed says has changed, no longer than that takes. The feed
// is only the quicker way: where it is away, or the service still remembers what was before, age
// alone decides. One call for all who ask the same at once, and one form of the answer for all who
// read it over HTTP. Bounded; thread-safe.
class PublicReads {
 public:
  // `clock` outlives this. `most_bytes` bounds requests and answers together; with 0 nothing is
  // kept and nobody shares a call.
  PublicReads(const Clock* clock, size_t most_bytes) : answers_(clock, most_bytes) {}

  // Whether answers of this method ("/package.Service/Method") to such callers are kept.
  static bool Covers(absl::string_view method);
  static const std::vector<std::string>& Methods();

  // As Backend::Call of `peer`, from here where it can be. Neither a failure nor the end of one
  // caller is another's: who waited for a call that failed calls for themself.
  void Call(Backend* peer, const std::string& method, const CallContext& call,
            grpc::ByteBuffer request, Backend::Done done);

  // A public resource has changed, for instance "offers/0190…".
  void Drop(absl::string_view resource);

  size_t bytes() const { return answers_.bytes(); }

 private:
  struct Message {
    grpc::ByteBuffer bytes;
    std::shared_ptr<const AnswerForm> form;

    size_t ByteSize() const {
      return bytes.Length() + sizeof(Message) + (form != nullptr ? form->ByteSize() : 0);
    }
  };
  using Cache = AnswerCache<Message>;

  UnaryAnswer ToAnswer(const std::string& key, const Cache::Kept& kept);

  Cache answers_;
};

// A service behind the gateway with such a memory before it.
class RememberedBackend final : public Backend {
 public:
  // Both outlive this.
  RememberedBackend(Backend* peer, PublicReads* reads) : peer_(peer), reads_(reads) {}

  void Call(const std::string& method, const CallContext& call, grpc::ByteBuffer request,
            Done done) override;

 private:
  Backend* const peer_;
  PublicReads* const reads_;
};

}  // namespace dm::gateway
