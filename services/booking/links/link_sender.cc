#include "services/booking/links/link_sender.h"

#include "common/telemetry/span.h"
#include "destinationmetier/notification/v1/link_service.grpc.pb.h"

#include <optional>
#include <utility>

namespace dm::booking {
namespace {

namespace pb = destinationmetier::notification::v1;

pb::LinkKind ToMessage(LinkKind kind) {
  switch (kind) {
    case LinkKind::kGuardianConsent:
      return pb::LINK_KIND_GUARDIAN_CONSENT;
    case LinkKind::kSignature:
      return pb::LINK_KIND_SIGNATURE;
    case LinkKind::kSignatureCode:
      return pb::LINK_KIND_SIGNATURE_CODE;
  }
  return pb::LINK_KIND_UNSPECIFIED;
}

pb::SendLinkRequest ToMessage(const OutgoingLink& link) {
  pb::SendLinkRequest request;
  request.set_request_id(link.request_id);
  if (link.party.empty()) {
    request.mutable_address()->set_display_name(link.display_name);
    request.mutable_address()->set_email(link.email);
  } else {
    request.set_party(link.party);
  }
  request.set_kind(ToMessage(link.kind));
  request.set_secret(link.secret);
  request.set_resource(link.resource);
  request.set_session(link.session);
  // Whole seconds: when a secret ends needs no more.
  request.mutable_expire_time()->set_seconds(absl::ToUnixSeconds(link.expire_time));
  request.set_applicant(link.applicant);
  return request;
}

class GrpcLinkSender final : public LinkSender {
 public:
  explicit GrpcLinkSender(std::shared_ptr<grpc::Channel> channel)
      : stub_(pb::LinkService::NewStub(std::move(channel))) {}

  absl::Status Send(const OutgoingLink& link, absl::Time deadline) override {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(deadline));
    // Loops that send have no caller.
    std::optional<telemetry::Span> own;
    if (telemetry::CurrentTraceparent().empty()) {
      own.emplace(telemetry::SpanKind::kInternal, "send link", telemetry::NewTrace());
    }
    context.AddMetadata("traceparent", own.has_value()
                                           ? own->traceparent()
                                           : std::string(telemetry::CurrentTraceparent()));
    pb::SendLinkResponse response;
    const grpc::Status status = stub_->SendLink(&context, ToMessage(link), &response);
    if (status.ok()) return absl::OkStatus();
    // The message is not ours, and could repeat what was sent.
    return {static_cast<absl::StatusCode>(status.error_code()), "notification did not take a mail"};
  }

 private:
  const std::unique_ptr<pb::LinkService::Stub> stub_;
};

}  // namespace

bool MayHaveBeenTaken(const absl::Status& status) {
  return !absl::IsInvalidArgument(status) && !absl::IsFailedPrecondition(status);
}

std::unique_ptr<LinkSender> MakeLinkSender(std::shared_ptr<grpc::Channel> channel) {
  return std::make_unique<GrpcLinkSender>(std::move(channel));
}

}  // namespace dm::booking
