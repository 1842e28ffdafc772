#pragma once

#include "common/rpc/page_token.h"
#include "services/catalogue/domain/page_key.h"

#include <google/protobuf/repeated_field.h>

#include <optional>
#include <string>
#include <vector>

namespace dm::catalogue {

inline std::vector<std::string> ToVector(
    const google::protobuf::RepeatedPtrField<std::string>& values) {
  return {values.begin(), values.end()};
}

// The token of the page after this one; empty at the end.
inline std::string NextToken(const rpc::PageTokens& tokens, const std::string& fingerprint,
                             const std::optional<PageKey>& next) {
  return next.has_value() ? tokens.Make(fingerprint, *next) : "";
}

}  // namespace dm::catalogue
