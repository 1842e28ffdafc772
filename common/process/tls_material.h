#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include <string>

namespace dm::process {

// Where a process keeps what it shows its peers and judges theirs by; PEM, all three or none.
struct TlsFiles {
  std::string certificate;
  std::string key;
  std::string authority;

  bool none() const { return certificate.empty() && key.empty() && authority.empty(); }
};

// What those files hold, as text.
struct TlsMaterial {
  // The certificate of the process, then what leads from it to an authority.
  std::string certificate;
  std::string key;
  // Those whose certificates are believed; several while one takes over from another.
  std::string authority;
  absl::Time certificate_expiry;
  // Of the authority that ends first.
  absl::Time authority_expiry;

  friend bool operator==(const TlsMaterial&, const TlsMaterial&) = default;
};

// Reads the files and holds them against each other: the key is that of the certificate, which is
// valid at `now`, is for servers and clients alike, and has `name` as a DNS name among its subject
// alternative names; there is an authority. FAILED_PRECONDITION says which file is wrong in what,
// and nothing of its content.
absl::StatusOr<TlsMaterial> ReadTlsMaterial(const TlsFiles& files, absl::string_view name,
                                            absl::Time now);

}  // namespace dm::process
