#include "absl/strings/str_cat.h"
#include "destinationmetier/ambassador/v1/ambassador_service.grpc.pb.h"
#include "destinationmetier/booking/v1/import_service.grpc.pb.h"
#include "destinationmetier/catalogue/v1/import_service.grpc.pb.h"
#include "destinationmetier/notification/v1/contact_service.grpc.pb.h"
#include "services/gateway/cli/commands.h"
#include "services/gateway/cli/french.h"
#include "services/gateway/cli/progress.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace dm::gateway::cli {
namespace {

namespace ambassador = destinationmetier::ambassador::v1;
namespace booking = destinationmetier::booking::v1;
namespace catalogue = destinationmetier::catalogue::v1;
namespace notification = destinationmetier::notification::v1;
namespace type = destinationmetier::type::v1;
namespace fs = std::filesystem;

using Stream = grpc::ClientReaderWriterInterface<type::FileImportRequest, type::FileImportResponse>;

constexpr size_t kChunkBytes = 512 * 1024;
constexpr size_t kMostFiles = 64;
constexpr absl::Duration kPatience = absl::Minutes(30);

// The service that takes uploads of that kind.
std::unique_ptr<Stream> Open(const std::string& kind, Session& session,
                             grpc::ClientContext* context) {
  // A stream outlives the stub that opened it.
  if (kind == "ambassadors") {
    return ambassador::ImportService::NewStub(session.channel())->ImportFiles(context);
  }
  if (kind == "applicants" || kind == "calendar") {
    return booking::ImportService::NewStub(session.channel())->ImportFiles(context);
  }
  if (kind == "contacts") {
    return notification::ImportService::NewStub(session.channel())->ImportFiles(context);
  }
  return catalogue::ImportService::NewStub(session.channel())->ImportFiles(context);
}

// The files that the words name; a folder stands for its lists and its version.
absl::StatusOr<std::vector<fs::path>> FilesOf(const std::vector<std::string>& words) {
  std::vector<fs::path> files;
  for (const std::string& word : words) {
    std::error_code error;
    if (fs::is_directory(word, error)) {
      for (const auto& entry : fs::directory_iterator(word, error)) {
        const fs::path& path = entry.path();
        if (path.extension() == ".csv" || path.filename() == "version.txt") files.push_back(path);
      }
    } else if (fs::is_regular_file(word, error)) {
      files.emplace_back(word);
    } else {
      return absl::NotFoundError(absl::StrCat("fichier introuvable : ", word));
    }
  }
  std::sort(files.begin(), files.end());
  if (files.empty()) return absl::NotFoundError("aucun fichier à importer");
  if (files.size() > kMostFiles) {
    return absl::InvalidArgumentError("un import compte au plus 64 fichiers");
  }
  return files;
}

// False when the other side takes nothing more: it then tells why at the end of the stream.
bool SendFile(const fs::path& path, Stream& stream) {
  std::ifstream file(path, std::ios::binary);
  type::FileImportRequest request;
  std::string bytes(kChunkBytes, '\0');
  bool first = true;
  while (first || file) {
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    const auto size = static_cast<size_t>(file.gcount());
    // An empty file is sent too: what is missing in it is the service's to say.
    if (size == 0 && !first) break;
    first = false;
    request.mutable_chunk()->set_file(path.filename().string());
    request.mutable_chunk()->set_content(bytes.substr(0, size));
    if (!stream.Write(request)) return false;
  }
  return true;
}

void ShowStage(const type::ImportProgress& stage, const Session& session, Progress& progress) {
  std::string text = stage.stage();
  // Without a terminal one line a stage is enough.
  if (session.interactive() && stage.total() > 0) {
    absl::StrAppend(&text, " ", stage.done() * 100 / stage.total(), " %");
  } else if (session.interactive() && stage.done() > 0) {
    absl::StrAppend(&text, " ", stage.done());
  }
  progress.Show(text);
}

int WriteReport(const type::ImportReport& report, Session& session) {
  nlohmann::json json = nlohmann::json::object();
  Table table({"table", "lues", "ajoutées", "changées", "déplacées", "disparues"});
  for (const auto& [name, rows] :
       std::map<std::string, type::TableReport>(report.tables().begin(), report.tables().end())) {
    json[name] = {{"read", rows.read()},
                  {"added", rows.added()},
                  {"changed", rows.changed()},
                  {"moved", rows.moved()},
                  {"vanished", rows.vanished()}};
    table.Add({name, absl::StrCat(rows.read()), absl::StrCat(rows.added()),
               absl::StrCat(rows.changed()), absl::StrCat(rows.moved()),
               absl::StrCat(rows.vanished())});
  }
  for (const std::string& warning : report.warnings()) session.Warn(warning);
  if (session.json()) return session.WriteJson(json);
  if (!report.source_version().empty()) session.out() << report.source_version() << "\n";
  table.Write(session.out());
  return kDone;
}

}  // namespace

int Import(const CommandLine& line, Session& session) {
  const auto files = FilesOf({line.words.begin() + 1, line.words.end()});
  if (!files.ok()) return session.Misuse(std::string(files.status().message()));
  grpc::ClientContext context;
  session.Prepare(&context, kPatience);
  const Interruption::Hold hold(&session.interruption(), &context);
  const auto stream = Open(line.words[0], session, &context);
  type::FileImportRequest start;
  start.mutable_start()->set_kind(line.words[0]);
  start.mutable_start()->set_validate_only(line.Has("dry-run"));
  Progress progress(&session);
  bool taken = stream->Write(start);
  for (size_t i = 0; taken && i < files->size(); ++i) {
    progress.Show(absl::StrCat("Envoi de ", (*files)[i].filename().string()));
    taken = SendFile((*files)[i], *stream);
  }
  stream->WritesDone();
  type::FileImportResponse response;
  type::ImportReport report;
  bool reported = false;
  while (stream->Read(&response)) {
    if (response.has_progress()) ShowStage(response.progress(), session, progress);
    if (response.has_report()) {
      report = response.report();
      reported = true;
    }
  }
  const grpc::Status status = stream->Finish();
  progress.Clear();
  if (!status.ok()) return session.Explain(status);
  if (!reported) {
    return session.Explain({grpc::StatusCode::INTERNAL, "the import ended without a report"});
  }
  return WriteReport(report, session);
}

}  // namespace dm::gateway::cli
