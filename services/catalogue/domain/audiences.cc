#include "services/catalogue/domain/audiences.h"

#include <array>

namespace dm::catalogue {
namespace {

struct Audience {
  absl::string_view name;
  absl::string_view label;
};

// By number; 0 is "not stated".
constexpr std::array kAudiences = {
    Audience{"", ""},
    Audience{"QUATRIEME", "Élèves de 4e"},
    Audience{"TROISIEME", "Élèves de 3e"},
    Audience{"SECONDE", "Élèves de 2de"},
    Audience{"LYCEE", "Autres lycéens et lycéennes"},
    Audience{"STUDENT", "Étudiantes et étudiants"},
    Audience{"APPRENTICE", "Futurs apprentis et apprenties"},
    Audience{"ADULT", "Adultes"},
};

}  // namespace

std::optional<int> AudienceNumber(absl::string_view name) {
  for (size_t number = 1; number < kAudiences.size(); ++number) {
    if (kAudiences[number].name == name) return static_cast<int>(number);
  }
  return std::nullopt;
}

absl::string_view AudienceLabel(int number) {
  if (number < 0 || static_cast<size_t>(number) >= kAudiences.size()) return "";
  return kAudiences[static_cast<size_t>(number)].label;
}

}  // namespace dm::catalogue
