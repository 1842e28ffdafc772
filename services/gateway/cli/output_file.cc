#include "services/gateway/cli/output_file.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/text/uuid.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

namespace dm::gateway::cli {
namespace {

namespace fs = std::filesystem;

absl::Status Failed(absl::string_view path) {
  return absl::UnavailableError(absl::StrCat(
      "le fichier ", path, " ne peut pas être écrit : ", std::generic_category().message(errno)));
}

}  // namespace

absl::StatusOr<OutputFile> OutputFile::Create(const std::string& path) {
  std::error_code error;
  std::string place = path;
  if (fs::exists(path, error)) {
    if (!fs::is_regular_file(path, error)) {
      return absl::FailedPreconditionError(
          absl::StrCat(path, " n'est pas un fichier, et ne serait pas remplacé"));
    }
    // A link stays, and what it leads to is replaced.
    const fs::path whole = fs::canonical(path, error);
    if (!error) place = whole.string();
  }
  std::string partial = absl::StrCat(place, ".part-", NewUuid(absl::Now()));
  const int descriptor = ::open(partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor < 0) return Failed(path);
  return OutputFile(std::move(place), std::move(partial), descriptor);
}

OutputFile::OutputFile(std::string path, std::string partial, int descriptor)
    : path_(std::move(path)), partial_(std::move(partial)), descriptor_(descriptor) {}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      partial_(std::move(other.partial_)),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

OutputFile::~OutputFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(partial_.c_str());
}

absl::Status OutputFile::Write(absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Failed(path_);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status OutputFile::Commit() {
  if (::fsync(descriptor_) != 0) return Failed(path_);
  if (::rename(partial_.c_str(), path_.c_str()) != 0) return Failed(path_);
  if (::close(std::exchange(descriptor_, -1)) != 0) return Failed(path_);
  return absl::OkStatus();
}

absl::Status ReplaceFile(const std::string& path, absl::string_view content) {
  auto file = OutputFile::Create(path);
  if (!file.ok()) return file.status();
  if (absl::Status status = file->Write(content); !status.ok()) return status;
  return file->Commit();
}

}  // namespace dm::gateway::cli
