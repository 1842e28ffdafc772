#include "services/gateway/http/path_template.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include <cstdint>

namespace dm::gateway {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Length of the well-formed UTF-8 sequence at the start of `text`, 0 when there is none.
size_t SequenceLength(absl::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = byte(0);
  if (first < 0x80) return 1;
  const size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  // Overlong forms, surrogates and what lies beyond Unicode.
  if (first == 0xE0 && byte(1) < 0xA0) return 0;
  if (first == 0xED && byte(1) > 0x9F) return 0;
  if (first == 0xF0 && byte(1) < 0x90) return 0;
  if (first == 0xF4 && byte(1) > 0x8F) return 0;
  return length;
}

bool IsText(absl::string_view text) {
  while (!text.empty()) {
    const size_t length = text.front() == '\0' ? 0 : SequenceLength(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace

absl::StatusOr<std::string> PercentDecode(absl::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded.push_back(text[i]);
      continue;
    }
    const int high = i + 2 < text.size() ? HexDigit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? HexDigit(text[i + 2]) : -1;
    if (high < 0 || low < 0) return absl::InvalidArgumentError("bad percent escape");
    decoded.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  if (!IsText(decoded)) return absl::InvalidArgumentError("not UTF-8 text");
  return decoded;
}

absl::StatusOr<RequestPath> RequestPath::Parse(absl::string_view path) {
  if (!absl::ConsumePrefix(&path, "/")) return absl::InvalidArgumentError("not an absolute path");
  RequestPath parsed;
  std::vector<absl::string_view> raw = absl::StrSplit(path, '/');
  if (const size_t colon = raw.back().rfind(':'); colon != absl::string_view::npos) {
    auto verb = PercentDecode(raw.back().substr(colon + 1));
    if (!verb.ok()) return verb.status();
    parsed.verb = *std::move(verb);
    raw.back() = raw.back().substr(0, colon);
  }
  for (const absl::string_view segment : raw) {
    auto decoded = PercentDecode(segment);
    if (!decoded.ok()) return decoded.status();
    if (decoded->find('/') != std::string::npos) {
      return absl::InvalidArgumentError("escaped slash in a path segment");
    }
    parsed.segments.push_back(*std::move(decoded));
  }
  return parsed;
}

absl::StatusOr<PathTemplate> PathTemplate::Parse(absl::string_view text) {
  const auto wrong = [whole = std::string(text)](absl::string_view why) {
    return absl::InvalidArgumentError(absl::StrCat("path template ", whole, ": ", why));
  };
  PathTemplate parsed;
  if (!absl::ConsumePrefix(&text, "/")) return wrong("does not begin with a slash");
  const size_t colon = text.rfind(':');
  if (colon != absl::string_view::npos && text.find('}', colon) == absl::string_view::npos) {
    parsed.verb_ = std::string(text.substr(colon + 1));
    if (parsed.verb_.empty()) return wrong("its verb is empty");
    text = text.substr(0, colon);
  }
  while (true) {
    const size_t brace = text.find('{');
    absl::string_view plain = text.substr(0, brace);
    if (brace == absl::string_view::npos) {
      if (!plain.empty() && !parsed.AddSegments(plain)) return wrong("a segment is wrong");
      break;
    }
    if (!plain.empty() && !parsed.AddSegments(absl::StripSuffix(plain, "/"))) {
      return wrong("a segment is wrong");
    }
    const size_t close = text.find('}', brace);
    if (close == absl::string_view::npos) return wrong("a brace is not closed");
    if (!parsed.AddVariable(text.substr(brace + 1, close - brace - 1))) {
      return wrong("a variable is wrong");
    }
    text = text.substr(close + 1);
    if (text.empty()) break;
    if (!absl::ConsumePrefix(&text, "/")) return wrong("text follows a variable");
  }
  if (parsed.segments_.empty()) return wrong("it has no segment");
  return parsed;
}

bool PathTemplate::AddSegments(absl::string_view text) {
  for (const absl::string_view segment : absl::StrSplit(text, '/')) {
    const bool literal = segment.find_first_of("*{}=") == absl::string_view::npos;
    if (segment.empty() || (segment != "*" && segment != "**" && !literal)) return false;
    // Nothing is left after what takes all that is left.
    if (!segments_.empty() && MatchesRest()) return false;
    segments_.emplace_back(segment);
  }
  return true;
}

bool PathTemplate::AddVariable(absl::string_view text) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits('=', 1));
  const bool plain = text.find('=') == absl::string_view::npos;
  if (parts.first.empty()) return false;
  const size_t begin = segments_.size();
  if (!AddSegments(plain ? "*" : parts.second)) return false;
  variables_.push_back({std::string(parts.first), begin, segments_.size()});
  return true;
}

bool PathTemplate::Match(const RequestPath& path, Bindings* bindings) const {
  const size_t fixed = segments_.size() - (MatchesRest() ? 1 : 0);
  const size_t given = path.segments.size();
  if (path.verb != verb_ || given < fixed || (given > fixed && !MatchesRest())) return false;
  for (size_t i = 0; i < given; ++i) {
    const bool wild = i >= fixed || segments_[i] == "*";
    if (wild ? path.segments[i].empty() : path.segments[i] != segments_[i]) return false;
  }
  bindings->clear();
  for (const Variable& variable : variables_) {
    const size_t end = variable.end > fixed ? given : variable.end;
    bindings->emplace_back(variable.field, absl::StrJoin(path.segments.begin() + variable.begin,
                                                         path.segments.begin() + end, "/"));
  }
  return true;
}

std::string PathTemplate::Shape() const {
  std::string shape = absl::StrCat("/", absl::StrJoin(segments_, "/"));
  if (!verb_.empty()) absl::StrAppend(&shape, ":", verb_);
  return shape;
}

bool PathTemplate::Precedes(const PathTemplate& other) const {
  const auto key = [](const PathTemplate& path) {
    std::vector<std::pair<int, std::string>> ranks;
    for (const std::string& segment : path.segments_) {
      ranks.emplace_back(segment == "**" ? 2 : segment == "*" ? 1 : 0, segment);
    }
    return ranks;
  };
  return key(*this) < key(other);
}

std::vector<std::string> PathTemplate::Fields() const {
  std::vector<std::string> fields;
  for (const Variable& variable : variables_) fields.push_back(variable.field);
  return fields;
}

}  // namespace dm::gateway
