#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "common/auth/jwt_verifier.h"

#include <filesystem>
#include <memory>
#include <string>
#include <thread>

namespace dm::auth {

// Keeps a verifier's keys equal to a JWKS file: reads it at start and again when it changes (looked
// at every 2 s). A file that is broken later changes nothing and is logged. Thread-safe.
class JwksFile {
 public:
  // FAILED_PRECONDITION names the file when it cannot be read or holds no key. `verifier` outlives
  // this.
  static absl::StatusOr<std::unique_ptr<JwksFile>> Follow(const std::string& path,
                                                          JwtVerifier* verifier);
  ~JwksFile();

 private:
  JwksFile(std::string path, JwtVerifier* verifier);
  absl::Status Load();
  void Watch();

  const std::string path_;
  JwtVerifier* const verifier_;
  std::filesystem::file_time_type loaded_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace dm::auth
