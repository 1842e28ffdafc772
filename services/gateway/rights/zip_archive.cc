#include "services/gateway/rights/zip_archive.h"

#include <zip.h>

#include <memory>

namespace dm::gateway {
namespace {

struct CloseSource {
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};
using Source = std::unique_ptr<zip_source_t, CloseSource>;

struct DropArchive {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
using Archive = std::unique_ptr<zip_t, DropArchive>;

absl::Status Failed() { return absl::InternalError("the archive cannot be made"); }

bool AddFile(zip_t* archive, const ArchivedFile& file, absl::Time now) {
  zip_source_t* content =
      zip_source_buffer(archive, file.content.data(), file.content.size(), /*freep=*/0);
  if (content == nullptr) return false;
  const zip_int64_t index = zip_file_add(archive, file.name.c_str(), content, ZIP_FL_ENC_UTF_8);
  if (index < 0) {
    // Else it belongs to the archive.
    zip_source_free(content);
    return false;
  }
  return zip_file_set_mtime(archive, static_cast<zip_uint64_t>(index), absl::ToTimeT(now), 0) == 0;
}

absl::StatusOr<std::string> BytesOf(zip_source_t* written) {
  zip_stat_t stat;
  zip_stat_init(&stat);
  if (zip_source_stat(written, &stat) != 0 || zip_source_open(written) != 0) return Failed();
  std::string bytes(stat.size, '\0');
  const zip_int64_t read = zip_source_read(written, bytes.data(), bytes.size());
  zip_source_close(written);
  if (read != static_cast<zip_int64_t>(bytes.size())) return Failed();
  return bytes;
}

}  // namespace

absl::StatusOr<std::string> ZipOf(const std::vector<ArchivedFile>& files, absl::Time now) {
  const Source written(zip_source_buffer_create(nullptr, 0, 0, nullptr));
  if (written == nullptr) return Failed();
  Archive archive(zip_open_from_source(written.get(), ZIP_TRUNCATE, nullptr));
  if (archive == nullptr) return Failed();
  // The archive has taken the source over, and frees it; this is for reading it afterwards.
  zip_source_keep(written.get());
  for (const ArchivedFile& file : files) {
    if (!AddFile(archive.get(), file, now)) return Failed();
  }
  if (zip_close(archive.get()) != 0) return Failed();
  (void)archive.release();
  return BytesOf(written.get());
}

}  // namespace dm::gateway
