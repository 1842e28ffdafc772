#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/time/clock.h"
#include "destinationmetier/catalogue/v1/offer_exchange_service.grpc.pb.h"
#include "services/gateway/cli/commands.h"
#include "services/gateway/cli/offer_lines.h"
#include "services/gateway/cli/output_file.h"
#include "services/gateway/cli/progress.h"
#include "services/gateway/cli/retry.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace dm::gateway::cli {
namespace {

namespace pb = destinationmetier::catalogue::v1;

constexpr absl::Duration kPatience = absl::Minutes(30);
// Of one place in the export, in a row.
constexpr int kMostFailures = 5;
// Offers for a line of progress where there is no terminal.
constexpr int kStep = 5'000;

class Exporter {
 public:
  // Without a file it writes to the standard output.
  Exporter(pb::ExportOffersRequest request, std::optional<OutputFile> file, Session* session)
      : session_(session),
        request_(std::move(request)),
        file_(std::move(file)),
        progress_(session) {}

  int Run() {
    progress_.Show(absl::StrCat("Export de ", absl::StrJoin(request_.departments(), ", ")));
    if (!session_->json() && !Write(CsvHeading())) return *end_;
    for (int failures = 0;; ++failures) {
      const int before = offers_;
      const grpc::Status status = Receive();
      progress_.Clear();
      if (end_.has_value()) return *end_;
      if (status.ok()) return Conclude();
      if (offers_ > before) failures = 0;
      // The place in an export is good for a day; without one nothing came yet.
      const Refusal refusal = session_->Read(status);
      if (session_->interruption().requested() || request_.after().empty() ||
          !CanPass(status.error_code()) || failures == kMostFailures) {
        return session_->Explain(status);
      }
      const absl::Duration delay = std::max(
          RetryDelay(session_->options().first_retry, failures, absl::Uniform(random_, 0.0, 1.0)),
          refusal.retry.value_or(absl::ZeroDuration()));
      session_->Warn(absl::StrCat(refusal.message, " L'export reprend où il en était."));
      (void)session_->interruption().Sleep(delay);
    }
  }

 private:
  // What one stream brings, behind what came before.
  grpc::Status Receive() {
    grpc::ClientContext context;
    session_->Prepare(&context, kPatience);
    const Interruption::Hold hold(&session_->interruption(), &context);
    const auto stream =
        pb::OfferExchangeService::NewStub(session_->channel())->ExportOffers(&context, request_);
    pb::ExportOffersResponse response;
    while (stream->Read(&response)) {
      if (end_.has_value()) continue;
      std::string lines;
      for (const pb::Offer& offer : response.offers()) {
        absl::StrAppend(&lines, session_->json() ? JsonLine(offer) + "\n" : CsvLines(offer));
      }
      if (!Write(lines)) {
        context.TryCancel();
        continue;
      }
      request_.set_after(response.position());
      Count(response.offers_size());
    }
    return stream->Finish();
  }

  void Count(int more) {
    const int before = std::exchange(offers_, offers_ + more);
    if (session_->interactive() || before / kStep != offers_ / kStep) {
      progress_.Show(absl::StrCat(offers_, " offres"));
    }
  }

  // False when it cannot be written; what the program ends with is then known.
  bool Write(const std::string& lines) {
    if (!file_.has_value()) {
      if (session_->out() << lines << std::flush) return true;
      end_ = session_->Unwritable("la sortie standard ne peut pas être écrite");
    } else if (const absl::Status status = file_->Write(lines); !status.ok()) {
      end_ = session_->Unwritable(std::string(status.message()));
    }
    return !end_.has_value();
  }

  int Conclude() {
    if (file_.has_value()) {
      if (const absl::Status status = file_->Commit(); !status.ok()) {
        return session_->Unwritable(std::string(status.message()));
      }
    }
    progress_.Conclude(absl::StrCat(offers_, " offres exportées"));
    return kDone;
  }

  Session* const session_;
  // With the place up to which everything is written.
  pb::ExportOffersRequest request_;
  std::optional<OutputFile> file_;
  Progress progress_;
  int offers_ = 0;
  // What the program ends with, once that is known.
  std::optional<int> end_;
  absl::BitGen random_;
};

}  // namespace

int Export(const CommandLine& line, Session& session) {
  pb::ExportOffersRequest request;
  for (const std::string& department : line.Values("department")) {
    request.add_departments(department);
  }
  if (line.Has("changed-since")) {
    const auto day = ParseCivilDay(line.Value("changed-since"));
    if (!day.ok()) return session.Misuse("--changed-since attend un jour comme 2026-12-31");
    request.mutable_changed_since()->set_seconds(absl::ToUnixSeconds(StartOfParisDay(*day)));
  }
  std::optional<OutputFile> file;
  if (line.Has("output")) {
    auto created = OutputFile::Create(line.Value("output"));
    if (!created.ok()) return session.Unwritable(std::string(created.status().message()));
    file.emplace(*std::move(created));
  }
  return Exporter(std::move(request), std::move(file), &session).Run();
}

}  // namespace dm::gateway::cli
