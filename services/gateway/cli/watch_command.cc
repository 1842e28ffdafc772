#include "absl/random/random.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "destinationmetier/gateway/v1/partner_event_service.grpc.pb.h"
#include "services/gateway/cli/commands.h"
#include "services/gateway/cli/event_text.h"
#include "services/gateway/cli/output_file.h"
#include "services/gateway/cli/retry.h"
#include "services/gateway/cli/silence_guard.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

namespace dm::gateway::cli {
namespace {

namespace pb = destinationmetier::gateway::v1;

// Longer than the gateway lets a stream last.
constexpr absl::Duration kPatience = absl::Hours(1);

class Watcher {
 public:
  Watcher(const CommandLine& line, Session* session)
      : session_(session), file_(line.Value("resume-file")), from_end_(!line.Has("from-start")) {
    for (const std::string& type : line.Values("type")) request_.add_types(type);
    for (const std::string& department : line.Values("department")) {
      request_.add_departments(department);
    }
  }

  int Run() {
    if (!ReadPosition()) {
      return session_->Misuse(absl::StrCat(file_, " ne peut pas être lu"));
    }
    for (int failures = 0;;) {
      const int before = messages_;
      const grpc::Status status = Follow();
      if (end_.has_value()) return *end_;
      if (session_->interruption().requested()) return kDone;
      if (messages_ > before) failures = 0;
      // A token may have run out, and been replaced, since the stream began.
      const bool renewed = session_->RenewToken();
      if (status.ok() && messages_ > before) continue;
      const bool again = CanPass(status.error_code()) ||
                         (renewed && status.error_code() == grpc::StatusCode::UNAUTHENTICATED);
      // Who never was connected has probably the wrong address: that is not to be waited for.
      if (!status.ok() && (!again || messages_ == 0)) return session_->Explain(status);
      if (!Wait(status, failures++)) return kDone;
    }
  }

 private:
  // False when there is a file that cannot be read.
  bool ReadPosition() {
    std::error_code error;
    if (file_.empty() || !std::filesystem::exists(file_, error)) return !error;
    std::ifstream file(file_);
    if (!file) return false;
    // A folder can be opened, and its reading fails.
    std::getline(file, position_, '\0');
    absl::StripAsciiWhitespace(&position_);
    return !file.bad();
  }

  // Takes in what one stream brings, until it ends.
  grpc::Status Follow() {
    request_.set_after(position_);
    request_.set_from_end(position_.empty() && from_end_);
    grpc::ClientContext context;
    session_->Prepare(&context, kPatience);
    const Interruption::Hold hold(&session_->interruption(), &context);
    const auto stream =
        pb::PartnerEventService::NewStub(session_->channel())->Subscribe(&context, request_);
    SilenceGuard guard(&context, session_->options().silence);
    pb::PartnerEvents message;
    while (stream->Read(&message)) {
      guard.Heard();
      ++messages_;
      if (!TakeIn(message)) context.TryCancel();
    }
    return stream->Finish();
  }

  // False when the end is reached: what cannot be written is not taken in, and the position stays
  // before it.
  bool TakeIn(const pb::PartnerEvents& message) {
    if (end_.has_value()) return false;
    for (const pb::PartnerEvent& event : message.events()) {
      session_->out() << (session_->json() ? JsonOf(event) : EventLine(event)) << "\n";
    }
    if (!session_->out().flush()) {
      end_ = session_->Unwritable("la sortie standard ne peut pas être écrite");
      return false;
    }
    position_ = message.position();
    if (file_.empty()) return true;
    if (const absl::Status status = ReplaceFile(file_, absl::StrCat(position_, "\n"));
        !status.ok()) {
      end_ = session_->Unwritable(std::string(status.message()));
      return false;
    }
    return true;
  }

  // An event whose data is of a type that is not known here is shown without it.
  static std::string JsonOf(const pb::PartnerEvent& event) {
    std::string line = JsonLine(event);
    if (!line.empty()) return line;
    pb::PartnerEvent rest = event;
    rest.clear_data();
    return JsonLine(rest);
  }

  // Until one may try again; false when that was interrupted.
  bool Wait(const grpc::Status& status, int failures) {
    const Refusal refusal = session_->Read(status);
    const absl::Duration delay = std::max(
        RetryDelay(session_->options().first_retry, failures, absl::Uniform(random_, 0.0, 1.0)),
        refusal.retry.value_or(absl::ZeroDuration()));
    session_->Warn(absl::StrFormat("%s Nouvel essai dans %.1f s.",
                                   status.ok() ? "Le flux s'est terminé." : refusal.message,
                                   absl::ToDoubleSeconds(delay)));
    return session_->interruption().Sleep(delay);
  }

  Session* const session_;
  const std::string file_;
  const bool from_end_;
  pb::SubscribeRequest request_;
  // Behind what was taken in last.
  std::string position_;
  // Messages so far, over all streams.
  int messages_ = 0;
  // What the program ends with, once that is known.
  std::optional<int> end_;
  absl::BitGen random_;
};

}  // namespace

int Watch(const CommandLine& line, Session& session) { return Watcher(line, &session).Run(); }

}  // namespace dm::gateway::cli
