#include "services/booking/api/import_api.h"

#include <google/protobuf/descriptor.h>

#include <utility>
#include <vector>

namespace dm::booking {
namespace {

namespace type = destinationmetier::type::v1;

constexpr absl::Duration kLongestImport = absl::Minutes(5);
constexpr size_t kMostMebibytes = 32;

}  // namespace

ImportApi::ImportApi(std::map<std::string, Importer> importers, const Clock* clock)
    : importers_(std::move(importers)), clock_(clock) {}

absl::Status ImportApi::ImportFiles(const rpc::Call& call,
                                    rpc::Reader<type::FileImportRequest>& reader,
                                    rpc::Writer<type::FileImportResponse>& writer) const {
  std::vector<std::string> kinds;
  for (const auto& [kind, importer] : importers_) kinds.push_back(kind);
  const absl::StatusOr<rpc::Upload> upload = rpc::ReceiveUpload(reader, kinds, kMostMebibytes);
  if (!upload.ok()) return upload.status();
  rpc::ImportProgress progress(&writer, clock_);
  absl::StatusOr<type::ImportReport> report = importers_.at(upload->kind)(call, *upload, progress);
  if (!report.ok()) return report.status();
  type::FileImportResponse response;
  *response.mutable_report() = *std::move(report);
  writer.Write(response);
  return absl::OkStatus();
}

std::unique_ptr<rpc::ServiceBinding> ImportApi::Bind(rpc::Pipeline* pipeline) const {
  auto binding = std::make_unique<rpc::ServiceBinding>(
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
          "destinationmetier.booking.v1.ImportService"),
      pipeline);
  binding->Upload<type::FileImportRequest, type::FileImportResponse>(
      "ImportFiles",
      {.roles = {auth::Role::kAgency, auth::Role::kOperator}, .max_time = kLongestImport},
      [this](const rpc::Call& call, rpc::Reader<type::FileImportRequest>& reader,
             rpc::Writer<type::FileImportResponse>& writer) {
        return ImportFiles(call, reader, writer);
      });
  return binding;
}

}  // namespace dm::booking
