#include "services/notification/api/mail_choice_api.h"

namespace dm::notification {
namespace {

namespace pb = destinationmetier::notification::v1;

constexpr size_t kLongestToken = 64;

absl::StatusOr<pb::MailChoice> Shown(const absl::StatusOr<MailChoice>& choice) {
  if (!choice.ok()) return choice.status();
  pb::MailChoice shown;
  shown.set_description(std::string(OptionalMailName(choice->kind)));
  shown.set_stopped(choice->stopped);
  shown.mutable_expire_time()->set_seconds(absl::ToUnixSeconds(choice->expire_time));
  return shown;
}

template <typename Request>
void Validate(const Request& request, Violations& violations) {
  ValidateMailChoiceToken(request.token(), violations);
}

}  // namespace

void ValidateMailChoiceToken(const std::string& token, Violations& violations) {
  if (token.empty() || token.size() > kLongestToken) {
    violations.Add("token", "must be the token of the link");
  }
}

absl::StatusOr<pb::MailChoice> MailChoiceApi::LookUp(const rpc::Call& call,
                                                     const pb::LookUpMailChoiceRequest& request) {
  return Shown(store_->Find(call.deadline, request.token()));
}

absl::StatusOr<pb::MailChoice> MailChoiceApi::Stop(const rpc::Call& call,
                                                   const pb::StopMailsRequest& request) {
  return Shown(store_->Choose(call.deadline, request.token(), /*stopped=*/true));
}

absl::StatusOr<pb::MailChoice> MailChoiceApi::Resume(const rpc::Call& call,
                                                     const pb::ResumeMailsRequest& request) {
  return Shown(store_->Choose(call.deadline, request.token(), /*stopped=*/false));
}

// The token is what admits.
std::unique_ptr<rpc::ServiceBinding> MailChoiceApi::Bind(rpc::Pipeline* pipeline) {
  const rpc::Policy everybody = {.roles = {auth::Role::kAnonymous}};
  auto binding = std::make_unique<rpc::ServiceBinding>(
      pb::MailChoice::descriptor()->file()->FindServiceByName("MailChoiceService"), pipeline);
  binding->Blocking<pb::LookUpMailChoiceRequest, pb::MailChoice>(
      "LookUpMailChoice", everybody, Validate<pb::LookUpMailChoiceRequest>,
      [this](const auto& call, const auto& request) { return LookUp(call, request); });
  binding->Blocking<pb::StopMailsRequest, pb::MailChoice>(
      "StopMails", everybody, Validate<pb::StopMailsRequest>,
      [this](const auto& call, const auto& request) { return Stop(call, request); });
  binding->Blocking<pb::ResumeMailsRequest, pb::MailChoice>(
      "ResumeMails", everybody, Validate<pb::ResumeMailsRequest>,
      [this](const auto& call, const auto& request) { return Resume(call, request); });
  return binding;
}

}  // namespace dm::notification
