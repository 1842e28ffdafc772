#pragma once

#include "absl/strings/string_view.h"

#include <optional>
#include <string>

namespace dm::catalogue {

// "offers/{offer}/sessions/{session}": both ids in lower case.
struct SessionName {
  std::string offer;
  std::string session;

  std::string OfferName() const { return "offers/" + offer; }
  std::string Full() const { return OfferName() + "/sessions/" + session; }
};

// Absent for a name of another form, for instance that of an ambassador's session.
std::optional<SessionName> ParseSessionName(absl::string_view name);

}  // namespace dm::catalogue
