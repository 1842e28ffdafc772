#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

#include <grpcpp/grpcpp.h>

namespace dm::gateway {

// What a caller is shown of a peer's answer. With details it is a service's own and passes as it
// is. Without, gRPC made it (a peer that cannot be reached, a deadline that passed): it is replaced
// by one of ours, so that no text of a library reaches a caller and every error has a reason.
// `language` ("fr", "en") comes first among the messages for people.
grpc::Status Presentable(const grpc::Status& status, absl::string_view language);

// An error made in the gateway, as gRPC sends it.
grpc::Status Presentable(const absl::Status& status, absl::string_view language);

// "fr" or "en", by an Accept-Language.
absl::string_view LanguageOf(absl::string_view accept_language);

// A peer's answer for code that composes several.
absl::Status AbslStatusOf(const grpc::Status& status);

}  // namespace dm::gateway
