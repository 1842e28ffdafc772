#include "services/ambassador/api/import_api.h"

#include "absl/strings/str_cat.h"
#include "common/events/outbox.h"
#include "common/rpc/file_upload.h"
#include "destinationmetier/ambassador/v1/ambassador_service.pb.h"
#include "destinationmetier/event/v1/resource_events.pb.h"
#include "services/ambassador/api/messages.h"
#include "services/ambassador/imports/listing_files.h"
#include "services/ambassador/store/listing_store.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace dm::ambassador {
namespace {

namespace event = destinationmetier::event::v1;
namespace type = destinationmetier::type::v1;

constexpr char kAllAmbassadors[] = "ambassadors/-";
constexpr size_t kMostMebibytes = 32;

// What rolls a dry run back; never leaves this file.
absl::Status DryRunIsOver() { return absl::CancelledError("validate_only"); }

bool MayImport(const auth::Caller& caller, const std::string& department) {
  if (caller.Is(auth::Role::kOperator)) return true;
  return std::find(caller.territory.begin(), caller.territory.end(), department) !=
         caller.territory.end();
}

absl::Status Refuse(const imports::Origin& origin, absl::string_view cause) {
  return rpc::ImportRefused(origin.file, origin.line, cause);
}

std::vector<std::string> IdsIn(const imports::Listing& listing) {
  std::vector<std::string> ids;
  for (const Ambassador& ambassador : listing.ambassadors) ids.push_back(ambassador.id);
  for (const Session& session : listing.sessions) ids.push_back(session.ambassador_id);
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

// Refuses rows outside the caller's territory, before or after the import, and meetings of nobody.
absl::Status CheckRows(const auth::Caller& caller, const imports::Listing& listing,
                       std::map<std::string, std::string> departments) {
  constexpr absl::string_view kElsewhere = "ce département n'est pas dans votre territoire";
  for (size_t i = 0; i < listing.ambassadors.size(); ++i) {
    const Ambassador& ambassador = listing.ambassadors[i];
    const auto before = departments.find(ambassador.id);
    if (!MayImport(caller, ambassador.place.department) ||
        (before != departments.end() && !MayImport(caller, before->second))) {
      return Refuse(listing.ambassador_origins[i], kElsewhere);
    }
    departments[ambassador.id] = ambassador.place.department;
  }
  for (size_t i = 0; i < listing.sessions.size(); ++i) {
    const auto department = departments.find(listing.sessions[i].ambassador_id);
    if (department == departments.end()) {
      return Refuse(listing.session_origins[i], "cet ambassadeur est inconnu");
    }
    if (!MayImport(caller, department->second)) {
      return Refuse(listing.session_origins[i], kElsewhere);
    }
  }
  return absl::OkStatus();
}

// One import, in one transaction.
class Import {
 public:
  Import(const rpc::Call& call, const imports::Listing& listing, absl::Time now)
      : call_(call), listing_(listing), now_(now) {}

  // May run again after a retry.
  absl::Status Run(database::Transaction& transaction, bool validate_only) {
    wrote_events_ = false;
    absl::Status checked =
        CheckRows(call_.caller, listing_, store::DepartmentsOf(transaction, IdsIn(listing_)));
    if (!checked.ok()) return checked;
    ambassadors_ = store::PutAmbassadors(transaction, listing_.ambassadors);
    sessions_ = store::PutSessions(transaction, listing_.sessions, now_);
    still_cancelled_ = store::CancelledAmong(transaction, listing_.sessions, now_);
    std::vector<std::string> touched = sessions_.added;
    touched.insert(touched.end(), sessions_.changed.begin(), sessions_.changed.end());
    const auto raised = store::RaiseVersions(transaction, ambassadors_.changed, touched, now_);
    touched.insert(touched.end(), raised.begin(), raised.end());
    if (validate_only) return DryRunIsOver();
    if (call_.cancelled) return absl::CancelledError("the caller has gone");
    const std::vector<events::NewEvent> news = Events(store::LoadScheduled(transaction, touched));
    wrote_events_ = !news.empty();
    events::AppendToOutbox(transaction, news, call_.traceparent, now_);
    return absl::OkStatus();
  }

  type::ImportReport Report() const {
    type::ImportReport report;
    Fill(listing_.ambassadors.size(), ambassadors_, &(*report.mutable_tables())["ambassadors"]);
    Fill(listing_.sessions.size(), sessions_, &(*report.mutable_tables())["sessions"]);
    for (const std::string& warning : listing_.warnings) report.add_warnings(warning);
    for (const size_t place : still_cancelled_) {
      const imports::Origin& origin = listing_.session_origins[place];
      report.add_warnings(absl::StrCat(origin.file, ", ligne ", origin.line,
                                       " : cette rencontre a été annulée et le reste (une autre "
                                       "heure de début en fait une nouvelle)"));
    }
    return report;
  }

  bool wrote_events() const { return wrote_events_; }

 private:
  std::vector<events::NewEvent> Events(const std::vector<ScheduledSession>& scheduled) const {
    std::vector<events::NewEvent> news;
    news.reserve(scheduled.size() + 1);
    for (const ScheduledSession& one : scheduled) {
      news.push_back(events::MakeEvent(one.session.Name(), ToMessage(one)));
    }
    if (!news.empty() || !ambassadors_.added.empty() || !ambassadors_.changed.empty()) {
      event::ResourceChanged changed;
      changed.set_name(kAllAmbassadors);
      news.push_back(events::MakeEvent(kAllAmbassadors, changed));
    }
    return news;
  }

  static void Fill(size_t read, const store::Written& written, type::TableReport* report) {
    report->set_read(static_cast<int64_t>(read));
    report->set_added(static_cast<int64_t>(written.added.size()));
    report->set_changed(static_cast<int64_t>(written.changed.size()));
  }

  const rpc::Call& call_;
  const imports::Listing& listing_;
  const absl::Time now_;
  store::Written ambassadors_;
  store::Written sessions_;
  std::vector<size_t> still_cancelled_;
  bool wrote_events_ = false;
};

}  // namespace

absl::Status ImportApi::ImportFiles(const rpc::Call& call,
                                    rpc::Reader<type::FileImportRequest>& reader,
                                    rpc::Writer<type::FileImportResponse>& writer) const {
  const absl::StatusOr<rpc::Upload> upload =
      rpc::ReceiveUpload(reader, {"ambassadors"}, kMostMebibytes);
  if (!upload.ok()) return upload.status();
  rpc::ImportProgress progress(&writer, clock_);
  progress.Stage("Lecture des fichiers");
  const absl::StatusOr<imports::Listing> listing = imports::ReadListing(upload->files);
  if (!listing.ok()) return listing.status();
  progress.Stage("Enregistrement",
                 static_cast<int64_t>(listing->ambassadors.size() + listing->sessions.size()));
  Import import(call, *listing, clock_->Now());
  absl::Status status = database_->Write(call.deadline, [&](database::Transaction& transaction) {
    return import.Run(transaction, upload->validate_only);
  });
  if (!status.ok() && !(upload->validate_only && status == DryRunIsOver())) return status;
  if (import.wrote_events()) after_commit_();
  type::FileImportResponse response;
  *response.mutable_report() = import.Report();
  writer.Write(response);
  return absl::OkStatus();
}

std::unique_ptr<rpc::ServiceBinding> ImportApi::Bind(rpc::Pipeline* pipeline) const {
  auto binding = std::make_unique<rpc::ServiceBinding>(
      destinationmetier::ambassador::v1::Ambassador::descriptor()->file()->FindServiceByName(
          "ImportService"),
      pipeline);
  binding->Upload<type::FileImportRequest, type::FileImportResponse>(
      "ImportFiles",
      {.roles = {auth::Role::kAgency, auth::Role::kOperator}, .max_time = absl::Minutes(5)},
      [this](const rpc::Call& call, rpc::Reader<type::FileImportRequest>& reader,
             rpc::Writer<type::FileImportResponse>& writer) {
        return ImportFiles(call, reader, writer);
      });
  return binding;
}

}  // namespace dm::ambassador
