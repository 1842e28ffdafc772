#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/errors/error.h"
#include "common/partner_feed/merged_feed.h"
#include "common/rpc/page_token.h"
#include "common/rpc/service_binding.h"
#include "destinationmetier/gateway/v1/partner_event_service.pb.h"
#include "services/gateway/api/local_backend.h"
#include "services/gateway/feed/long_polls.h"
#include "services/gateway/usage/partner_usage.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace dm::gateway {

// PartnerEventService. Thread-safe; outlives its calls.
class PartnerEventApi {
 public:
  struct Options {
    // Of the feeds, in the order that positions have them.
    std::vector<MergedFeed::Source> sources;
    // Silence after which a stream gets a sign of life.
    absl::Duration heartbeat = absl::Seconds(15);
    // How long a stream's reader may take nothing.
    absl::Duration patience = absl::Seconds(30);
    // Streams and long polls of one caller at once.
    int most_readers = 16;
    // What memory each source may take.
    partner_feed::FeedMirror::Options mirrors;
    // Counts what is handed over; outlives this. Null: nothing is counted.
    PartnerUsage* usage = nullptr;
  };

  // `pipeline` and `tokens` outlive this.
  PartnerEventApi(Options options, rpc::Pipeline* pipeline, const rpc::PageTokens* tokens);

  // The gRPC face.
  std::unique_ptr<rpc::ServiceBinding> Bind();
  // The HTTP face.
  Backend* local() { return &local_; }

 private:
  // Who follows what from where.
  struct Reader {
    EventFilter filter;
    std::string fingerprint;
    Positions positions;
  };
  // Holds a caller's place among the readers.
  class Place;

  void ListEvents(std::shared_ptr<const rpc::Call> call,
                  const destinationmetier::gateway::v1::ListEventsRequest& request,
                  rpc::Done<destinationmetier::gateway::v1::PartnerEvents> done);
  absl::Status Subscribe(const rpc::Call& call,
                         const destinationmetier::gateway::v1::SubscribeRequest& request,
                         rpc::Writer<destinationmetier::gateway::v1::PartnerEvents>& writer);
  absl::Status Follow(const rpc::Call& call, Reader reader,
                      rpc::Writer<destinationmetier::gateway::v1::PartnerEvents>& writer);
  // `Request` is one of the two above.
  template <typename Request>
  absl::StatusOr<Reader> Open(const rpc::Call& call, const Request& request) const;
  void CountEvents(const rpc::Call& call, size_t events);
  // Null when the caller follows as many feeds as anybody may.
  std::shared_ptr<Place> TakePlace(const std::string& subject);
  destinationmetier::gateway::v1::PartnerEvents ToMessage(const Reader& reader,
                                                          MergedFeed::Batch batch) const;

  const Options options_;
  rpc::Pipeline* const pipeline_;
  const rpc::PageTokens* const tokens_;
  absl::Mutex mutex_;
  std::map<std::string, int> readers_ ABSL_GUARDED_BY(mutex_);
  MergedFeed feed_;
  LocalBackend local_;
  // Last, since its readers use all the others.
  LongPolls polls_;
};

void ValidateSubscribe(const destinationmetier::gateway::v1::SubscribeRequest& request,
                       Violations& violations);
void ValidateListEvents(const destinationmetier::gateway::v1::ListEventsRequest& request,
                        Violations& violations);

}  // namespace dm::gateway
