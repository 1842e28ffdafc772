#include "services/gateway/api/backend.h"

#include "common/rpc/call.h"

#include <algorithm>
#include <utility>

namespace dm::gateway {
namespace {

struct InFlight {
  absl::Time start;
  grpc::ClientContext context;
  grpc::ByteBuffer request;
  UnaryAnswer answer;
  Backend::Done done;
};

}  // namespace

bool CanTravel(absl::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

void Apply(const CallContext& call, grpc::ClientContext& context) {
  if (call.deadline != absl::InfiniteFuture()) {
    context.set_deadline(absl::ToChronoTime(call.deadline));
  }
  if (!call.authorization.empty()) context.AddMetadata("authorization", call.authorization);
  if (!call.traceparent.empty()) context.AddMetadata("traceparent", call.traceparent);
  if (!call.tracestate.empty()) context.AddMetadata("tracestate", call.tracestate);
  if (!call.accept_language.empty()) context.AddMetadata("accept-language", call.accept_language);
}

ChannelBackend::ChannelBackend(std::shared_ptr<grpc::Channel> channel)
    : stub_(std::move(channel)) {}

void ChannelBackend::Call(const std::string& method, const CallContext& call,
                          grpc::ByteBuffer request, Done done) {
  auto flight = std::make_shared<InFlight>();
  flight->start = call.start;
  Apply(call, flight->context);
  flight->request = std::move(request);
  flight->done = std::move(done);
  stub_.UnaryCall(&flight->context, method, grpc::StubOptions(), &flight->request,
                  &flight->answer.message, [flight](grpc::Status status) {
                    flight->answer.status = std::move(status);
                    flight->answer.read = flight->start - rpc::AgeOf(flight->context);
                    std::move(flight->done)(std::move(flight->answer));
                  });
}

}  // namespace dm::gateway
