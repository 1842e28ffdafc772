#include "services/gateway/api/partner_event_api.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/codes/official_codes.h"
#include "common/partner_feed/resume_position.h"
#include "common/telemetry/metrics.h"

#include <algorithm>
#include <utility>

namespace dm::gateway {
namespace {

namespace pb = destinationmetier::gateway::v1;

using partner_feed::SharedTypeOf;
using partner_feed::SharedTypes;

constexpr int kDefaultWait = 20;
constexpr int kLongestWait = 25;
constexpr int kDefaultEvents = 100;
constexpr int kMostEvents = 500;
constexpr int kMostDepartments = 20;
constexpr absl::Duration kLongestPoll = absl::Seconds(30);
constexpr absl::Duration kLongestStream = absl::Minutes(30);
constexpr absl::Duration kSourceTime = absl::Seconds(2);
// How soon a stream notices that its reader has gone.
constexpr absl::Duration kTick = absl::Milliseconds(200);
constexpr auth::Roles kFollowers = {auth::Role::kPartner, auth::Role::kAgency,
                                    auth::Role::kOperator};

constexpr rpc::Policy kPoll{.roles = kFollowers, .max_time = kLongestPoll};
constexpr rpc::Policy kStream{.roles = kFollowers, .max_time = kLongestStream};

bool MayFollow(const auth::Caller& caller) {
  if (caller.Is(auth::Role::kOperator) || caller.Is(auth::Role::kAgency)) return true;
  return std::find(caller.scopes.begin(), caller.scopes.end(), "events.read") !=
         caller.scopes.end();
}

absl::Status ScopeMissing() {
  return MakeError(absl::StatusCode::kPermissionDenied, "the token lacks the scope events.read",
                   {.reason = "ROLE_MISSING",
                    .metadata = {{"scope", "events.read"}},
                    .message_fr = "Votre accès ne permet pas de suivre les événements.",
                    .message_en = "Your access does not allow to follow events."});
}

absl::Status TooManyReaders() {
  return MakeError(absl::StatusCode::kResourceExhausted,
                   "this caller follows as many feeds at once as anybody may",
                   {.reason = "TOO_MANY_READERS", .retry_after = absl::Seconds(5)});
}

absl::Status ReaderTooSlow(const std::string& position) {
  return MakeError(absl::StatusCode::kResourceExhausted, "nothing was taken for too long",
                   {.reason = "READER_TOO_SLOW",
                    .metadata = {{"position", position}},
                    .retry_after = absl::Seconds(1)});
}

// What streams and long polls have in common.
template <typename Request>
void ValidateFilter(const Request& request, Violations& violations) {
  for (int i = 0; i < request.types_size(); ++i) {
    if (SharedTypeOf(request.types(i)).has_value()) continue;
    violations.Add(absl::StrCat("types[", i, "]"),
                   absl::StrCat("must be one of ", absl::StrJoin(SharedTypes(), ", ")));
  }
  for (int i = 0; i < request.departments_size(); ++i) {
    if (IsDepartment(request.departments(i))) continue;
    violations.Add(absl::StrCat("departments[", i, "]"), "must be a code like 61");
  }
  if (request.departments_size() > kMostDepartments) {
    violations.Add("departments", absl::StrCat("must be at most ", kMostDepartments));
  }
  if (request.from_end() && !request.after().empty()) {
    violations.Add("after", "must be empty together with from_end");
  }
}

template <typename Request>
absl::StatusOr<EventFilter> FilterOf(const auth::Caller& caller, const Request& request) {
  EventFilter filter;
  for (const std::string& type : request.types()) filter.types.insert(*SharedTypeOf(type));
  if (filter.types.empty()) filter.types = {SharedTypes().begin(), SharedTypes().end()};
  filter.everywhere = caller.Is(auth::Role::kOperator);
  filter.departments = {caller.territory.begin(), caller.territory.end()};
  if (filter.everywhere) filter.departments.clear();
  if (request.departments().empty()) return filter;
  for (const std::string& department : request.departments()) {
    if (!filter.Covers(department)) return NotFoundError(absl::StrCat("departments/", department));
  }
  filter.everywhere = false;
  filter.departments = {request.departments().begin(), request.departments().end()};
  return filter;
}

prometheus::Counter& EventsSent(const char* face) {
  return telemetry::CounterOf("partner_events_sent_total", "Events handed to partners",
                              {{"face", face}});
}

}  // namespace

class PartnerEventApi::Place {
 public:
  Place(PartnerEventApi* api, std::string subject) : api_(api), subject_(std::move(subject)) {}
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() {
    absl::MutexLock lock(&api_->mutex_);
    const auto found = api_->readers_.find(subject_);
    if (--found->second == 0) api_->readers_.erase(found);
  }

 private:
  PartnerEventApi* const api_;
  const std::string subject_;
};

void ValidateSubscribe(const pb::SubscribeRequest& request, Violations& violations) {
  ValidateFilter(request, violations);
}

void ValidateListEvents(const pb::ListEventsRequest& request, Violations& violations) {
  ValidateFilter(request, violations);
  if (request.wait() < 0 || request.wait() > kLongestWait) {
    violations.Add("wait", absl::StrCat("must be from 0 to ", kLongestWait));
  }
  if (request.page_size() < 0) violations.Add("page_size", "must not be negative");
}

PartnerEventApi::PartnerEventApi(Options options, rpc::Pipeline* pipeline,
                                 const rpc::PageTokens* tokens)
    : options_(std::move(options)),
      pipeline_(pipeline),
      tokens_(tokens),
      feed_(options_.sources, options_.mirrors),
      local_(pipeline),
      polls_(&feed_, [pipeline] { return pipeline->stopping(); }) {
  local_.Add<pb::ListEventsRequest, pb::PartnerEvents>(
      "/destinationmetier.gateway.v1.PartnerEventService/ListEvents", kPoll, ValidateListEvents,
      [this](std::shared_ptr<const rpc::Call> call, const pb::ListEventsRequest& request,
             rpc::Done<pb::PartnerEvents> done) {
        ListEvents(std::move(call), request, std::move(done));
      });
}

std::unique_ptr<rpc::ServiceBinding> PartnerEventApi::Bind() {
  auto binding = std::make_unique<rpc::ServiceBinding>(
      pb::PartnerEvent::descriptor()->file()->FindServiceByName("PartnerEventService"), pipeline_);
  binding->Stream<pb::SubscribeRequest, pb::PartnerEvents>(
      "Subscribe", kStream, ValidateSubscribe,
      [this](const rpc::Call& call, const pb::SubscribeRequest& request,
             rpc::Writer<pb::PartnerEvents>& writer) { return Subscribe(call, request, writer); });
  binding->Async<pb::ListEventsRequest, pb::PartnerEvents>(
      "ListEvents", kPoll, ValidateListEvents,
      [this](std::shared_ptr<const rpc::Call> call, const pb::ListEventsRequest& request,
             rpc::Done<pb::PartnerEvents> done) {
        ListEvents(std::move(call), request, std::move(done));
      });
  return binding;
}

std::shared_ptr<PartnerEventApi::Place> PartnerEventApi::TakePlace(const std::string& subject) {
  {
    absl::MutexLock lock(&mutex_);
    int& readers = readers_[subject];
    if (readers >= options_.most_readers) return nullptr;
    ++readers;
  }
  return std::make_shared<Place>(this, subject);
}

void PartnerEventApi::CountEvents(const rpc::Call& call, size_t events) {
  if (options_.usage == nullptr) return;
  options_.usage->CountEvents(call.caller, call.method, static_cast<int64_t>(events));
}

template <typename Request>
absl::StatusOr<PartnerEventApi::Reader> PartnerEventApi::Open(const rpc::Call& call,
                                                              const Request& request) const {
  if (!MayFollow(call.caller)) return ScopeMissing();
  const auto filter = FilterOf(call.caller, request);
  if (!filter.ok()) return filter.status();
  Reader reader{
      .filter = *filter, .fingerprint = partner_feed::FingerprintOf(*filter), .positions = {}};
  absl::StatusOr<Positions> positions = feed_.Beginning();
  if (request.from_end()) {
    positions = feed_.End();
  } else if (!request.after().empty()) {
    positions =
        partner_feed::ReadPosition(*tokens_, reader.fingerprint, request.after(), feed_.sources());
  }
  if (!positions.ok()) return positions.status();
  reader.positions = *std::move(positions);
  return reader;
}

pb::PartnerEvents PartnerEventApi::ToMessage(const Reader& reader, MergedFeed::Batch batch) const {
  pb::PartnerEvents message;
  for (pb::PartnerEvent& event : batch.events) message.add_events()->Swap(&event);
  message.set_position(partner_feed::WritePosition(*tokens_, reader.fingerprint, batch.positions));
  return message;
}

void PartnerEventApi::ListEvents(std::shared_ptr<const rpc::Call> call,
                                 const pb::ListEventsRequest& request,
                                 rpc::Done<pb::PartnerEvents> done) {
  auto opened = Open(*call, request);
  if (!opened.ok()) return std::move(done)(opened.status());
  auto reader = std::make_shared<Reader>(*std::move(opened));
  if (request.from_end()) {
    MergedFeed::Batch end;
    end.positions = reader->positions;
    return std::move(done)(ToMessage(*reader, std::move(end)));
  }
  auto place = TakePlace(call->caller.subject);
  if (place == nullptr) return std::move(done)(TooManyReaders());
  const int wait = request.has_wait() ? request.wait() : kDefaultWait;
  LongPolls::Poll poll{
      .reader = reader->filter,
      .positions = reader->positions,
      .limits = {.events = request.page_size() == 0 ? kDefaultEvents
                                                    : std::min(request.page_size(), kMostEvents)},
      .deadline = absl::Now() + absl::Seconds(wait),
      .gone = [call] { return call->cancelled.load(); },
      .answer = nullptr};
  poll.answer = [this, call, reader, place,
                 done = std::move(done)](absl::StatusOr<MergedFeed::Batch> batch) mutable {
    // The caller may come again as soon as it has its answer.
    place.reset();
    if (!batch.ok()) return std::move(done)(partner_feed::AsReaderError(batch.status()));
    static prometheus::Counter& sent = EventsSent("poll");
    sent.Increment(static_cast<double>(batch->events.size()));
    CountEvents(*call, batch->events.size());
    std::move(done)(ToMessage(*reader, *std::move(batch)));
  };
  polls_.Add(std::move(poll));
}

absl::Status PartnerEventApi::Subscribe(const rpc::Call& call, const pb::SubscribeRequest& request,
                                        rpc::Writer<pb::PartnerEvents>& writer) {
  auto reader = Open(call, request);
  if (!reader.ok()) return reader.status();
  const auto place = TakePlace(call.caller.subject);
  if (place == nullptr) return TooManyReaders();
  return Follow(call, *std::move(reader), writer);
}

absl::Status PartnerEventApi::Follow(const rpc::Call& call, Reader reader,
                                     rpc::Writer<pb::PartnerEvents>& writer) {
  static prometheus::Counter& sent = EventsSent("stream");
  absl::Time next_sign = absl::InfinitePast();
  std::string taken;
  while (!writer.Cancelled()) {
    const int64_t version = feed_.version();
    auto batch =
        feed_.Next(reader.filter, reader.positions, MergedFeed::Limits(),
                   MergedFeed::Reach::kSources, std::min(call.deadline, absl::Now() + kSourceTime));
    if (!batch.ok()) return partner_feed::AsReaderError(batch.status());
    reader.positions = batch->positions;
    const size_t events = batch->events.size();
    const absl::Time now = absl::Now();
    if (events == 0 && now < next_sign) {
      if (batch->at_end) feed_.AwaitNews(version, std::min(next_sign, now + kTick));
      continue;
    }
    const pb::PartnerEvents message = ToMessage(reader, *std::move(batch));
    switch (writer.WriteWithin(message, options_.patience)) {
      case rpc::Writer<pb::PartnerEvents>::Taken::kYes:
        break;
      case rpc::Writer<pb::PartnerEvents>::Taken::kGone:
        return absl::OkStatus();
      case rpc::Writer<pb::PartnerEvents>::Taken::kTooSlow:
        return ReaderTooSlow(taken.empty() ? message.position() : taken);
    }
    taken = message.position();
    sent.Increment(static_cast<double>(events));
    CountEvents(call, events);
    next_sign = absl::Now() + options_.heartbeat;
  }
  return absl::OkStatus();
}

}  // namespace dm::gateway
