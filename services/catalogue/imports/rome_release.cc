#include "services/catalogue/imports/rome_release.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/rpc/file_upload.h"
#include "services/catalogue/imports/charset.h"

#include <vector>

namespace dm::catalogue {
namespace {

constexpr size_t kMostReleaseBytes = 4096;
constexpr int kRome4 = 4;

// "16/12/2024".
std::optional<absl::CivilDay> ParseDay(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '/');
  int day = 0;
  int month = 0;
  int year = 0;
  if (parts.size() != 3 || !absl::SimpleAtoi(parts[0], &day) ||
      !absl::SimpleAtoi(parts[1], &month) || !absl::SimpleAtoi(parts[2], &year)) {
    return std::nullopt;
  }
  const absl::CivilDay found(year, month, day);
  // A day that is none is another day to the calendar.
  if (found.day() != day || found.month() != month || year < 1900 || year > 2200) {
    return std::nullopt;
  }
  return found;
}

// 458 of "unix_texte_v458_utf8.csv".
std::optional<int> NumberIn(absl::string_view name) {
  for (const absl::string_view part : absl::StrSplit(name, '_')) {
    int number = 0;
    if (part.size() == 4 && part[0] == 'v' && absl::SimpleAtoi(part.substr(1), &number)) {
      return number;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<RomeRelease> ParseRomeRelease(const std::string& content) {
  const std::string text = ToUtf8(content.substr(0, kMostReleaseBytes));
  RomeRelease release;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(line, absl::MaxSplits(':', 1));
    const absl::string_view value = absl::StripAsciiWhitespace(parts.second);
    if (absl::StartsWith(parts.first, "Num") && absl::StrContains(parts.first, "version")) {
      release.version = std::string(value);
    }
    // What is not a version.txt does not begin like one.
    if (release.version.empty()) return std::nullopt;
    if (absl::StartsWith(parts.first, "Date de publication")) release.published = ParseDay(value);
    if (absl::StartsWith(parts.first, "Date de validation")) release.validated = ParseDay(value);
    if (absl::StartsWith(parts.first, "Titre")) release.title = std::string(value.substr(0, 500));
  }
  return release;
}

absl::Status RomeVersions::RefuseOldRome(const std::string& name) {
  const auto number = NumberIn(name);
  const std::string which = number.has_value() ? absl::StrCat(" (version ", *number, ")") : "";
  return rpc::ImportRefused(
      name, 1, absl::StrCat("c'est un fichier du ROME V3", which, " : seul le ROME 4.0 est lu"));
}

absl::Status RomeVersions::AddFile(const std::string& name) {
  const auto number = NumberIn(name);
  if (!number.has_value()) return absl::OkStatus();
  if (*number / 100 < kRome4) return RefuseOldRome(name);
  if (*number / 100 > kRome4) {
    return rpc::ImportRefused(
        name, 0,
        absl::StrCat("la version ", *number, " n'est pas du ROME 4.0, le seul qui est lu"));
  }
  files_.emplace(*number % 100, name);
  return absl::OkStatus();
}

absl::Status RomeVersions::AddRelease(const std::string& name, const RomeRelease& release) {
  int number = 0;
  if (!absl::SimpleAtoi(release.version, &number) || number < 0) {
    return rpc::ImportRefused(name, 1, "le numéro de version n'est pas un nombre");
  }
  if (number / 100 == 3) {
    return rpc::ImportRefused(
        name, 1, absl::StrCat("c'est le ROME V3 (version ", number, ") : seul le ROME 4.0 est lu"));
  }
  files_.emplace(number / 100 == kRome4 ? number % 100 : number, name);
  return absl::OkStatus();
}

absl::Status RomeVersions::Check() const {
  if (files_.size() < 2) return absl::OkStatus();
  const std::string all = absl::StrJoin(files_, ", ", [](std::string* out, const auto& entry) {
    absl::StrAppend(out, entry.first, " (", entry.second, ")");
  });
  return rpc::ImportRefused(files_.rbegin()->second, 0,
                            absl::StrCat("les fichiers sont de plusieurs versions : ", all));
}

std::string RomeVersions::version() const {
  return files_.empty() ? "" : absl::StrCat(files_.begin()->first);
}

}  // namespace dm::catalogue
