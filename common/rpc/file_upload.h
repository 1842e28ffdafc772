#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/rpc/method.h"
#include "common/time/clock.h"
#include "destinationmetier/type/v1/file_import.pb.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

// What the ImportService of every service does alike: receive files, tell progress, refuse.
namespace dm::rpc {

struct UploadedFile {
  // Without its folder.
  std::string name;
  std::string content;
};

struct Upload {
  std::string kind;
  bool validate_only = false;
  std::vector<UploadedFile> files;
  // As long as somebody holds it this process receives no other upload.
  std::shared_ptr<void> turn;
};

// Receives a whole upload, which stays in memory: one at a time in a process. INVALID_ARGUMENT
// (INVALID_FIELDS) when it does not begin with `start`, its kind is not one of `kinds`, or a file's
// name is not a plain name that ends in .csv or .txt; RESOURCE_EXHAUSTED above 64 files or
// `mebibytes` (TOO_LARGE), or while there is another upload (OVERLOADED); DEADLINE_EXCEEDED when
// nothing comes for 15 s; CANCELLED when the caller went before the end.
absl::StatusOr<Upload> ReceiveUpload(Reader<destinationmetier::type::v1::FileImportRequest>& reader,
                                     const std::vector<std::string>& kinds, size_t mebibytes);

// Tells the caller how far an import is, at most ten times a second. Not thread-safe.
class ImportProgress {
 public:
  // Both outlive this.
  ImportProgress(Writer<destinationmetier::type::v1::FileImportResponse>* writer,
                 const Clock* clock);

  // A new stage, in a few French words; `total` rows, 0 when not known. Always sent.
  void Stage(absl::string_view stage, int64_t total = 0);
  // Rows done so far in this stage.
  void Done(int64_t rows);
  // The caller has gone: the import should stop and change nothing.
  bool Cancelled() const { return writer_->Cancelled(); }

 private:
  void Send(int64_t rows);

  Writer<destinationmetier::type::v1::FileImportResponse>* writer_;
  const Clock* clock_;
  std::string stage_;
  int64_t total_ = 0;
  absl::Time last_ = absl::InfinitePast();
};

// INVALID_ARGUMENT with reason IMPORT_REFUSED and metadata "file" and "line"; `cause` is French
// (it reaches the clerk who sent the file) and quotes at most codes, never personal data. A line of
// 0 means the file as a whole.
absl::Status ImportRefused(absl::string_view file, int line, absl::string_view cause);

}  // namespace dm::rpc
