#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include <cstddef>
#include <string>

// Content codings of HTTP (RFC 9110, 8.4): gzip, and nothing else.
namespace dm::gateway {

// Whether an Accept-Encoding asks for gzip: by its own weight or that of "*", above zero and not
// below that of what is not coded.
bool WantsGzip(absl::string_view accept_encoding);

// `text` as gzip, quickly rather than small.
std::string Gzip(absl::string_view text);

// What `gzip` holds. INVALID_ARGUMENT for what is not gzip, or not whole; RESOURCE_EXHAUSTED when
// it would be more than `limit` bytes, before they are made. No details.
absl::StatusOr<std::string> Gunzip(absl::string_view gzip, size_t limit);

}  // namespace dm::gateway
