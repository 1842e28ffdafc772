#include "common/rpc/file_upload.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/errors/error.h"

#include <algorithm>
#include <atomic>
#include <utility>

namespace dm::rpc {
namespace {

namespace pb = destinationmetier::type::v1;

constexpr size_t kMostFiles = 64;
// An import takes seconds, and somebody waits for the next.
constexpr absl::Duration kTurn = absl::Seconds(10);
// Who sends nothing for so long has lost their turn.
constexpr absl::Duration kPatience = absl::Seconds(15);
constexpr absl::Duration kReportEvery = absl::Milliseconds(100);

absl::Status TooLarge(size_t mebibytes) {
  ErrorDetails details;
  details.reason = "TOO_LARGE";
  details.message_fr =
      absl::StrCat("L'envoi dépasse ", kMostFiles, " fichiers ou ", mebibytes, " Mio.");
  details.message_en =
      absl::StrCat("The upload has more than ", kMostFiles, " files or ", mebibytes, " MiB.");
  const std::string message = details.message_en;
  return MakeError(absl::StatusCode::kResourceExhausted, message, std::move(details));
}

// Null while somebody has it.
std::shared_ptr<void> TakeTurn() {
  static std::atomic<bool> taken = false;
  if (taken.exchange(true)) return nullptr;
  return {&taken, [](std::atomic<bool>* mine) { *mine = false; }};
}

absl::Status WrongField(absl::string_view field, absl::string_view description) {
  Violations violations;
  violations.Add(field, description);
  return violations.ToStatus();
}

// Without a folder, and of the forms that the imports read: tables, and a line of text beside them.
bool IsTableName(absl::string_view name) {
  return (absl::EndsWithIgnoreCase(name, ".csv") || absl::EndsWithIgnoreCase(name, ".txt")) &&
         name.size() <= 200 && name[0] != '.' && std::none_of(name.begin(), name.end(), [](char c) {
           return c == '/' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
         });
}

}  // namespace

absl::StatusOr<Upload> ReceiveUpload(Reader<pb::FileImportRequest>& reader,
                                     const std::vector<std::string>& kinds, size_t mebibytes) {
  pb::FileImportRequest message;
  if (!reader.Read(&message) || !message.has_start()) {
    return WrongField("start", "must be what the first message carries");
  }
  Upload upload;
  upload.turn = TakeTurn();
  if (upload.turn == nullptr) return OverloadedError(kTurn);
  upload.kind = message.start().kind();
  upload.validate_only = message.start().validate_only();
  if (std::find(kinds.begin(), kinds.end(), upload.kind) == kinds.end()) {
    return WrongField("start.kind", absl::StrCat("must be one of ", absl::StrJoin(kinds, ", ")));
  }
  size_t bytes = 0;
  while (true) {
    if (!reader.Ready(kPatience)) return DeadlineError();
    if (!reader.Read(&message)) break;
    if (!message.has_chunk()) return WrongField("chunk", "must be what later messages carry");
    pb::FileChunk& chunk = *message.mutable_chunk();
    bytes += chunk.content().size();
    if (upload.files.empty() || upload.files.back().name != chunk.file()) {
      if (!IsTableName(chunk.file())) {
        return WrongField("chunk.file",
                          "must be a file's name without its folder, and end in .csv or .txt");
      }
      upload.files.push_back({chunk.file(), ""});
    }
    if (bytes > (mebibytes << 20) || upload.files.size() > kMostFiles) return TooLarge(mebibytes);
    upload.files.back().content.append(chunk.content());
  }
  if (reader.BrokenOff()) return absl::CancelledError("the caller has gone");
  if (upload.files.empty()) return WrongField("chunk", "there is no file in the upload");
  return upload;
}

ImportProgress::ImportProgress(Writer<pb::FileImportResponse>* writer, const Clock* clock)
    : writer_(writer), clock_(clock) {}

void ImportProgress::Stage(absl::string_view stage, int64_t total) {
  stage_ = std::string(stage);
  total_ = total;
  Send(0);
}

void ImportProgress::Done(int64_t rows) {
  if (clock_->Now() - last_ >= kReportEvery) Send(rows);
}

void ImportProgress::Send(int64_t rows) {
  last_ = clock_->Now();
  pb::FileImportResponse response;
  response.mutable_progress()->set_stage(stage_);
  response.mutable_progress()->set_done(rows);
  response.mutable_progress()->set_total(total_);
  writer_->Write(response);
}

absl::Status ImportRefused(absl::string_view file, int line, absl::string_view cause) {
  ErrorDetails details;
  details.reason = "IMPORT_REFUSED";
  details.metadata["file"] = std::string(file);
  details.metadata["line"] = absl::StrCat(line);
  details.fields.push_back({std::string(file), std::string(cause)});
  // What several files lack together is in none of them.
  std::string french = "Import refusé : ";
  std::string english = "Import refused: ";
  if (!file.empty()) {
    absl::StrAppend(&french, file, line > 0 ? absl::StrCat(", ligne ", line) : "", " : ");
    absl::StrAppend(&english, file, line > 0 ? absl::StrCat(", line ", line) : "", ": ");
  }
  details.message_fr = absl::StrCat(french, cause);
  details.message_en = absl::StrCat(english, cause);
  const std::string message = details.message_en;
  return MakeError(absl::StatusCode::kInvalidArgument, message, std::move(details));
}

}  // namespace dm::rpc
