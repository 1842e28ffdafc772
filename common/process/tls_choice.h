#pragma once

#include "absl/status/status.h"
#include "common/process/tls_material.h"

#include <string>

namespace dm::process {

// Whether a process may speak as its options have it. FAILED_PRECONDITION says what to change:
// there are all TLS files or none of them, and plain text stays on this machine, also where
// `listen_plain` asks for it in spite of the files.
absl::Status CheckTlsChoice(const TlsFiles& files, bool listen_plain, const std::string& listen);

}  // namespace dm::process
