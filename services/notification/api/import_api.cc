#include "services/notification/api/import_api.h"

#include "common/rpc/file_upload.h"
#include "destinationmetier/notification/v1/contact_service.pb.h"
#include "services/notification/api/contact_list.h"
#include "services/notification/api/viewer.h"

namespace dm::notification {
namespace {

namespace pb = destinationmetier::type::v1;

constexpr char kKind[] = "contacts";
constexpr absl::Duration kLongestImport = absl::Minutes(10);
constexpr size_t kMostMebibytes = 32;

}  // namespace

absl::Status ImportApi::ImportFiles(const rpc::Call& call,
                                    rpc::Reader<pb::FileImportRequest>& reader,
                                    rpc::Writer<pb::FileImportResponse>& writer) {
  const absl::StatusOr<rpc::Upload> upload = rpc::ReceiveUpload(reader, {kKind}, kMostMebibytes);
  if (!upload.ok()) return upload.status();

  rpc::ImportProgress progress(&writer, clock_);
  progress.Stage("Lecture de la liste");
  const Viewer viewer = ViewerOf(call.caller);
  const absl::StatusOr<std::vector<ListedContact>> contacts = ReadContactList(
      upload->files, [&](absl::string_view party) { return RightToSet(viewer, party); });
  if (!contacts.ok()) return contacts.status();

  progress.Stage("Enregistrement des contacts", static_cast<int64_t>(contacts->size()));
  const absl::StatusOr<ContactImportOutcome> outcome = store_->Import(
      call.deadline, *contacts, upload->validate_only, [&writer] { return writer.Cancelled(); });
  if (!outcome.ok()) return outcome.status();
  if (outcome->kept.has_value()) return ContactBoundIn((*contacts)[*outcome->kept]);
  if (!upload->validate_only) on_release_();

  pb::FileImportResponse response;
  pb::TableReport& table = (*response.mutable_report()->mutable_tables())[kKind];
  table.set_read(static_cast<int64_t>(contacts->size()));
  table.set_added(outcome->added);
  table.set_changed(outcome->changed);
  writer.Write(response);
  return absl::OkStatus();
}

std::unique_ptr<rpc::ServiceBinding> ImportApi::Bind(rpc::Pipeline* pipeline) {
  auto binding = std::make_unique<rpc::ServiceBinding>(
      destinationmetier::notification::v1::Contact::descriptor()->file()->FindServiceByName(
          "ImportService"),
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

}  // namespace dm::notification
