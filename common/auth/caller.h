#pragma once

#include "absl/strings/str_cat.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dm::auth {

enum class Role : uint8_t {
  kAnonymous,
  kApplicant,
  kGuardian,
  kHost,
  kAmbassador,
  kAgency,
  kPartner,
  kOperator,
};

// A set of roles, cheap to copy and to write down in a method table.
class Roles {
 public:
  constexpr Roles() = default;
  constexpr Roles(std::initializer_list<Role> roles) {
    for (const Role role : roles) bits_ |= Bit(role);
  }
  constexpr bool Contains(Role role) const { return (bits_ & Bit(role)) != 0; }
  constexpr bool Intersects(Roles other) const { return (bits_ & other.bits_) != 0; }
  constexpr void Add(Role role) { bits_ |= Bit(role); }
  constexpr void Remove(Role role) { bits_ &= ~Bit(role); }
  // Removes those, and gives which of them there were.
  constexpr Roles Take(Roles others) {
    Roles taken;
    taken.bits_ = bits_ & others.bits_;
    bits_ &= ~others.bits_;
    return taken;
  }
  friend constexpr bool operator==(Roles, Roles) = default;

 private:
  static constexpr uint32_t Bit(Role role) { return 1u << static_cast<uint32_t>(role); }
  uint32_t bits_ = 0;
};

// Who acts on the data of many by office. They may have to sign in by more than a password: see
// JwtVerifier.
inline constexpr Roles kStaff = {Role::kAgency, Role::kOperator};

// Who calls, as the verified access token says. A caller without a token has the role kAnonymous
// alone and an empty subject; every caller with a token has kAnonymous too.
struct Caller {
  // The token's `sub`: [A-Za-z0-9._:-]{1,128}.
  std::string subject;
  Roles roles = {Role::kAnonymous};
  // Those of staff that the token names in vain, since it does not say that its holder signed in as
  // staff has to: none of `roles`, so that nothing is open by them.
  Roles withheld;
  // The `acr` values of which one would give them back. Empty when nothing is withheld.
  std::string acr_values;
  // SIRETs of the companies that a host speaks for (claim `companies`).
  std::vector<std::string> companies;
  // Id of the caller's own ambassador profile (claim `ambassador`).
  std::string ambassador;
  // Départements that an agency or a partner may act on (claim `territory`).
  std::vector<std::string> territory;
  // OAuth scopes (claim `scope`).
  std::vector<std::string> scopes;

  bool Is(Role role) const { return roles.Contains(role); }
  // "people/{subject}".
  std::string PersonName() const { return absl::StrCat("people/", subject); }
};

}  // namespace dm::auth
