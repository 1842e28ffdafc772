#pragma once

#include "absl/strings/string_view.h"
#include "common/errors/error.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// How parties are reached, and who may say so.
namespace dm::notification {

struct Contact {
  // "people/{subject}", "companies/{siret}", "ambassadors/{ambassador}" or
  // "agencies/{department}".
  std::string party;
  std::string display_name;
  std::string email;

  friend bool operator==(const Contact&, const Contact&) = default;
};

// Who asks, in the words of the parties.
struct Viewer {
  // "people/{subject}".
  std::string person;
  // Hosts that the person speaks for.
  std::vector<std::string> hosts;
  bool agency = false;
  bool is_operator = false;
  // Codes of the départements that an agent answers for.
  std::vector<std::string> departments;
};

// Whether the text is a party in its canonical form.
bool IsParty(absl::string_view text);

// The party of "{party}/contact"; "people/me" is the viewer. Absent when the name is malformed.
std::optional<std::string> PartyOf(absl::string_view contact_name, const Viewer& viewer);

// Whether the name has the form that PartyOf reads.
bool IsContactName(absl::string_view contact_name);

// A party sees its own contact, and nobody else's; the agents of a territory see their agency's.
bool MaySee(const Viewer& viewer, absl::string_view party);

// How far somebody may set a contact.
enum class SettingRight : uint8_t {
  // Not at all: there is no such thing for them.
  kNone,
  // Where there is none yet. Whoever could replace one would get the mails of a young person.
  kFirst,
  // Whatever is there.
  kReplace,
};

// Who may see it may replace it, and so may operators. Every agent may set the first of a party, as
// the agency's list does, but none of another agency.
SettingRight RightToSet(const Viewer& viewer, absl::string_view party);

// A line of a list of contacts.
struct ListedContact {
  Contact contact;
  SettingRight right = SettingRight::kFirst;
  std::string file;
  int line = 0;
};

// A hash of a request to write: the same for the same request only.
std::string FingerprintOf(const Contact& contact, absl::string_view etag);

}  // namespace dm::notification
