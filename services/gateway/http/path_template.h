#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace dm::gateway {

// A request's path, percent-decoded segment by segment. What follows a colon in the last segment is
// the custom verb (AIP-136); an id that holds a colon there comes as %3A.
struct RequestPath {
  std::vector<std::string> segments;
  std::string verb;

  // INVALID_ARGUMENT for a path that is not absolute, a bad escape, text that is not UTF-8, and an
  // escaped slash, which would let one segment pass for two.
  static absl::StatusOr<RequestPath> Parse(absl::string_view path);
};

// Replaces %XX. INVALID_ARGUMENT (no details) for a bad escape, a NUL or text that is not UTF-8.
absl::StatusOr<std::string> PercentDecode(absl::string_view text);

// The path of a google.api.http rule: "/v1/{name=bookings/*}:cancel", "/v1/{name=files/**}". `**`
// is the rest of the path, which may be empty, and stands last.
class PathTemplate {
 public:
  using Bindings = std::vector<std::pair<std::string, std::string>>;

  static absl::StatusOr<PathTemplate> Parse(absl::string_view text);

  // The variables' fields with their values into `bindings`; false when the path is another.
  bool Match(const RequestPath& path, Bindings* bindings) const;

  // The template without its variables, "/v1/bookings/*:cancel". Two templates of one shape match
  // the same paths.
  std::string Shape() const;

  // Whether this is to be tried before `other`: a literal comes before a wildcard.
  bool Precedes(const PathTemplate& other) const;

  // Fields of the variables, in the order of the path.
  std::vector<std::string> Fields() const;

 private:
  struct Variable {
    std::string field;
    // Segments [begin, end).
    size_t begin;
    size_t end;
  };

  bool AddSegments(absl::string_view text);
  bool AddVariable(absl::string_view text);

  bool MatchesRest() const { return segments_.back() == "**"; }

  // "*" stands for any one segment, "**" for all that are left.
  std::vector<std::string> segments_;
  std::vector<Variable> variables_;
  std::string verb_;
};

}  // namespace dm::gateway
