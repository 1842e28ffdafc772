#include "services/gateway/rights/personal_archive.h"

#include "absl/strings/str_cat.h"
#include "common/errors/error.h"
#include "common/time/clock.h"
#include "services/gateway/rights/person_page.h"
#include "services/gateway/rights/zip_archive.h"

#include <google/protobuf/util/json_util.h>

namespace dm::gateway {
namespace {

namespace pb = destinationmetier::gateway::v1;

// What a gRPC client takes without being told otherwise, less what the message has beside it.
constexpr size_t kMostBytes = (4 << 20) - 1024;

absl::Status TooLarge() {
  return MakeError(absl::StatusCode::kResourceExhausted, "there is too much for one archive",
                   {.reason = "EXPORT_TOO_LARGE",
                    .message_fr = "Il y a trop de données pour une seule archive : demandez-les à "
                                  "la personne chargée de la protection des données.",
                    .message_en = "There is too much for one archive: ask the data protection "
                                  "officer for it."});
}

}  // namespace

absl::StatusOr<pb::PersonalDataArchive> ArchiveOf(
    const std::vector<destinationmetier::privacy::v1::PersonalData>& parts,
    const std::string& contact, absl::Time now) {
  std::vector<ArchivedFile> files = {{"index.html", PersonPage(parts, contact, now)}};
  google::protobuf::util::JsonPrintOptions readable;
  readable.add_whitespace = true;
  for (const auto& part : parts) {
    ArchivedFile& file = files.emplace_back();
    file.name = absl::StrCat(part.service(), ".json");
    if (!google::protobuf::util::MessageToJsonString(part, &file.content, readable).ok()) {
      return absl::InternalError("no JSON form");
    }
  }
  absl::StatusOr<std::string> zip = ZipOf(files, now);
  if (!zip.ok()) return zip.status();
  if (zip->size() > kMostBytes) return TooLarge();
  pb::PersonalDataArchive archive;
  archive.set_content_type("application/zip");
  archive.set_content(*std::move(zip));
  archive.set_file_name(absl::StrCat(
      "mes-donnees-", absl::FormatCivilTime(absl::ToCivilDay(now, ParisTimeZone())), ".zip"));
  return archive;
}

}  // namespace dm::gateway
