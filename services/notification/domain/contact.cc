#include "services/notification/domain/contact.h"

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>

namespace dm::notification {
namespace {

constexpr size_t kLongestId = 128;
constexpr size_t kSiretLength = 14;
constexpr absl::string_view kAgencies = "agencies/";
constexpr absl::string_view kContactSuffix = "/contact";
constexpr absl::string_view kMyContact = "people/me/contact";

bool AllOf(absl::string_view text, bool (*admit)(unsigned char)) {
  return std::all_of(text.begin(), text.end(),
                     [admit](char c) { return admit(static_cast<unsigned char>(c)); });
}

bool IsIdCharacter(unsigned char c) {
  return absl::ascii_isalnum(c) || c == '.' || c == '_' || c == ':' || c == '-';
}

bool IsId(absl::string_view text) {
  return !text.empty() && text.size() <= kLongestId && AllOf(text, IsIdCharacter);
}

// "61", "2A", "971".
bool IsDepartment(absl::string_view text) {
  if (text == "2A" || text == "2B") return true;
  return (text.size() == 2 || text.size() == 3) && AllOf(text, absl::ascii_isdigit);
}

}  // namespace

bool IsParty(absl::string_view text) {
  if (absl::ConsumePrefix(&text, "companies/")) {
    return text.size() == kSiretLength && AllOf(text, absl::ascii_isdigit);
  }
  if (absl::ConsumePrefix(&text, kAgencies)) return IsDepartment(text);
  return (absl::ConsumePrefix(&text, "people/") || absl::ConsumePrefix(&text, "ambassadors/")) &&
         IsId(text);
}

bool IsContactName(absl::string_view contact_name) {
  return absl::ConsumeSuffix(&contact_name, kContactSuffix) && IsParty(contact_name);
}

std::optional<std::string> PartyOf(absl::string_view contact_name, const Viewer& viewer) {
  if (!IsContactName(contact_name)) return std::nullopt;
  if (contact_name == kMyContact) return viewer.person;
  return std::string(absl::StripSuffix(contact_name, kContactSuffix));
}

bool MaySee(const Viewer& viewer, absl::string_view party) {
  absl::string_view department = party;
  if (absl::ConsumePrefix(&department, kAgencies)) {
    return viewer.agency && absl::c_linear_search(viewer.departments, department);
  }
  return party == viewer.person || absl::c_linear_search(viewer.hosts, party);
}

SettingRight RightToSet(const Viewer& viewer, absl::string_view party) {
  if (viewer.is_operator || MaySee(viewer, party)) return SettingRight::kReplace;
  if (viewer.agency && !absl::StartsWith(party, kAgencies)) return SettingRight::kFirst;
  return SettingRight::kNone;
}

std::string FingerprintOf(const Contact& contact, absl::string_view etag) {
  // No part holds a line break, so that no two requests give the same text.
  const std::string what =
      absl::StrCat(contact.party, "\n", contact.display_name, "\n", contact.email, "\n", etag);
  std::array<unsigned char, SHA256_DIGEST_LENGTH> hash;
  SHA256(reinterpret_cast<const unsigned char*>(what.data()), what.size(), hash.data());
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(hash.data()), hash.size()));
}

}  // namespace dm::notification
