#pragma once

#include <string>

namespace dm::process {

// A file in memory that others of this process read by its path, and whose content is replaced as a
// whole: a reader sees the old text or the new one, never a part of both. For libraries that want
// files and would take half a change from the real ones. Thread-compatible; readers may be
// anywhere.
class StagedFile {
 public:
  StagedFile() = default;
  ~StagedFile();
  StagedFile(const StagedFile&) = delete;
  StagedFile& operator=(const StagedFile&) = delete;

  // False when the system has no descriptor or no memory left; the file is then as it was. Two
  // files of the same `generation` belong together: it is the time of their last change, in
  // seconds.
  bool Put(const std::string& text, int generation);

  // Once Put.
  std::string path() const;

 private:
  int descriptor_ = -1;
};

}  // namespace dm::process
