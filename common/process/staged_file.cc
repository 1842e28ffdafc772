#include "common/process/staged_file.h"

#include "absl/strings/str_cat.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dm::process {
namespace {

bool WriteAll(int descriptor, const std::string& text) {
  size_t written = 0;
  while (written < text.size()) {
    const ssize_t n = write(descriptor, text.data() + written, text.size() - written);
    if (n < 0) return false;
    written += static_cast<size_t>(n);
  }
  return true;
}

}  // namespace

StagedFile::~StagedFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

bool StagedFile::Put(const std::string& text, int generation) {
  const int fresh = memfd_create("staged", MFD_CLOEXEC);
  if (fresh < 0) return false;
  const timespec changed = {.tv_sec = generation, .tv_nsec = 0};
  const timespec times[] = {changed, changed};
  if (!WriteAll(fresh, text) || futimens(fresh, times) != 0) {
    close(fresh);
    return false;
  }
  if (descriptor_ < 0) {
    descriptor_ = fresh;
    return true;
  }
  // The path stays, what is behind it changes at once.
  const bool replaced = dup3(fresh, descriptor_, O_CLOEXEC) >= 0;
  close(fresh);
  return replaced;
}

std::string StagedFile::path() const { return absl::StrCat("/proc/self/fd/", descriptor_); }

}  // namespace dm::process
