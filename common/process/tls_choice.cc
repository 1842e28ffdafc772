#include "common/process/tls_choice.h"

#include "absl/strings/str_cat.h"
#include "common/process/address.h"

namespace dm::process {

absl::Status CheckTlsChoice(const TlsFiles& files, bool listen_plain, const std::string& listen) {
  const bool all = !files.certificate.empty() && !files.key.empty() && !files.authority.empty();
  if (!all && !files.none()) {
    return absl::FailedPreconditionError(
        "--tls-certificate-file, --tls-key-file and --tls-authority-file are given together or not "
        "at all");
  }
  if (IsLocal(listen)) return absl::OkStatus();
  if (listen_plain) {
    return absl::FailedPreconditionError(
        absl::StrCat("--listen-plain is for the loopback, and ", listen, " is not on it"));
  }
  if (files.none()) {
    return absl::FailedPreconditionError(
        absl::StrCat(listen,
                     " is not on the loopback and would be served in plain text: set "
                     "--tls-certificate-file, --tls-key-file and --tls-authority-file"));
  }
  return absl::OkStatus();
}

}  // namespace dm::process
