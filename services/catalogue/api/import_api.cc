#include "services/catalogue/api/import_api.h"

#include "common/rpc/file_upload.h"
#include "destinationmetier/catalogue/v1/import_service.pb.h"
#include "services/catalogue/store/imports.h"

#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace dm::catalogue {
namespace {

namespace pb = destinationmetier::type::v1;

constexpr absl::Duration kLongestImport = absl::Minutes(10);
constexpr size_t kMostMebibytes = 256;

// What came of an upload, and where its rows came from when the files say so.
struct Imported {
  ImportOutcome outcome;
  std::string source_version;
};

// `warnings` are those of the reading; they come before those of the tables.
absl::StatusOr<Imported> Report(absl::StatusOr<ImportOutcome> outcome,
                                std::vector<std::string> warnings, std::string version = "") {
  if (!outcome.ok()) return outcome.status();
  warnings.insert(warnings.end(), std::make_move_iterator(outcome->warnings.begin()),
                  std::make_move_iterator(outcome->warnings.end()));
  outcome->warnings = std::move(warnings);
  return Imported{*std::move(outcome), std::move(version)};
}

absl::StatusOr<Imported> Import(database::Database& database, const std::string& kind,
                                const std::vector<SourceFile>& files, const ImportRun& run) {
  std::vector<std::string> warnings;
  if (kind == "rome") {
    const auto rome = ParseRome(files);
    if (!rome.ok()) return rome.status();
    return Report(ImportRome(database, *rome, run), rome->warnings, rome->version);
  }
  if (kind == "communes") {
    const auto lists = ParseCommunes(files);
    if (!lists.ok()) return lists.status();
    return Report(ImportCommunes(database, *lists, run), lists->warnings);
  }
  if (kind == "companies") {
    const auto rows = ParseCompanies(files, &warnings);
    if (!rows.ok()) return rows.status();
    return Report(ImportCompanies(database, *rows, run), std::move(warnings));
  }
  if (kind == "naf" || kind == "naf2025") {
    const auto list = ParseNaf(files, kind, &warnings);
    if (!list.ok()) return list.status();
    return Report(ImportNaf(database, *list, kind == "naf" ? "NAFRev2" : "NAF2025", run),
                  std::move(warnings));
  }
  if (kind == "schools") {
    const auto list = ParseSchools(files);
    if (!list.ok()) return list.status();
    return Report(ImportSchools(database, *list, run), list->warnings);
  }
  if (kind == "sirene") {
    const auto stock = ParseSirene(files);
    if (!stock.ok()) return stock.status();
    return Report(ImportSirene(database, *stock, run), stock->warnings);
  }
  if (kind == "words") {
    const auto rows = ParseEverydayWordsList(files, &warnings);
    if (!rows.ok()) return rows.status();
    return Report(ImportEverydayWords(database, *rows, run), std::move(warnings));
  }
  const auto lists = ParseOffers(files, &warnings);
  if (!lists.ok()) return lists.status();
  return Report(ImportOffers(database, *lists, run), std::move(warnings));
}

ImportRun ToRun(const rpc::Call& call, const rpc::Upload& upload, absl::Time now) {
  ImportRun run{.validate_only = upload.validate_only,
                .now = now,
                .deadline = call.deadline,
                .traceparent = call.traceparent,
                .person = call.caller.PersonName()};
  for (const auto& file : upload.files) run.files.push_back(file.name);
  // An operator acts on everything, an agency on its territory alone.
  if (!call.caller.Is(auth::Role::kOperator)) run.territory = call.caller.territory;
  return run;
}

pb::FileImportResponse ToReport(const Imported& imported) {
  pb::FileImportResponse response;
  pb::ImportReport& report = *response.mutable_report();
  for (const auto& [table, counts] : imported.outcome.tables) {
    pb::TableReport& entry = (*report.mutable_tables())[table];
    entry.set_read(counts.read);
    entry.set_added(counts.added);
    entry.set_changed(counts.changed);
    entry.set_moved(counts.moved);
    entry.set_vanished(counts.vanished);
  }
  for (const std::string& warning : imported.outcome.warnings) report.add_warnings(warning);
  report.set_source_version(imported.source_version);
  return response;
}

}  // namespace

absl::Status ImportApi::ImportFiles(const rpc::Call& call,
                                    rpc::Reader<pb::FileImportRequest>& reader,
                                    rpc::Writer<pb::FileImportResponse>& writer) const {
  auto upload = rpc::ReceiveUpload(
      reader,
      {"rome", "communes", "naf", "naf2025", "schools", "sirene", "words", "companies", "offers"},
      kMostMebibytes);
  if (!upload.ok()) return upload.status();
  ImportRun run = ToRun(call, *upload, clock_->Now());
  rpc::ImportProgress progress(&writer, clock_);
  run.stage = [&progress](absl::string_view stage, int64_t rows) {
    progress.Stage(stage, rows);
    return !progress.Cancelled();
  };
  run.done = [&progress](int64_t rows) { progress.Done(rows); };
  std::vector<SourceFile> files;
  for (auto& file : upload->files) {
    files.push_back({std::move(file.name), std::move(file.content)});
  }
  progress.Stage("Lecture des fichiers");
  const auto imported = Import(*database_, upload->kind, files, run);
  if (!imported.ok()) return imported.status();
  if (imported->outcome.has_events && on_events_ != nullptr) on_events_();
  writer.Write(ToReport(*imported));
  return absl::OkStatus();
}

std::unique_ptr<rpc::ServiceBinding> ImportApi::Bind(rpc::Pipeline* pipeline) const {
  auto binding = std::make_unique<rpc::ServiceBinding>(
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
          "destinationmetier.catalogue.v1.ImportService"),
      pipeline);
  binding->Upload<pb::FileImportRequest, pb::FileImportResponse>(
      "ImportFiles",
      {.roles = {auth::Role::kAgency, auth::Role::kOperator}, .max_time = kLongestImport},
      [this](const rpc::Call& call, rpc::Reader<pb::FileImportRequest>& reader,
             rpc::Writer<pb::FileImportResponse>& writer) {
        return ImportFiles(call, reader, writer);
      });
  return binding;
}

}  // namespace dm::catalogue
