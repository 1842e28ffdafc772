#include "services/booking/domain/profile.h"

#include "absl/strings/str_cat.h"
#include "common/codes/official_codes.h"

#include <array>

namespace dm::booking {
namespace {

constexpr int kYoungest = 10;
constexpr int kOldest = 100;

// Ages at which somebody may be at a level: generous, since it bars only what cannot be true.
struct AgesOfLevel {
  Level level;
  int from;
  int to;
};

constexpr std::array<AgesOfLevel, 7> kAges = {{
    {Level::kQuatrieme, 11, 17},
    {Level::kTroisieme, 12, 18},
    {Level::kSeconde, 13, 20},
    {Level::kLycee, 14, 22},
    {Level::kStudent, 15, kOldest},
    {Level::kApprentice, 14, kOldest},
    // Until then school is compulsory.
    {Level::kAdult, 16, kOldest},
}};

const AgesOfLevel& AgesOf(Level level) { return kAges[static_cast<size_t>(level)]; }

}  // namespace

void CheckApplicant(const Applicant& applicant, absl::CivilDay today, Violations& violations) {
  const int age = AgeOn(applicant.birth_date, today);
  const AgesOfLevel& ages = AgesOf(applicant.level);
  if (age < kYoungest || age > kOldest) {
    violations.Add("applicant.birth_date",
                   absl::StrCat("must be of who is ", kYoungest, " to ", kOldest, " years old"));
  } else if (age < ages.from || age > ages.to) {
    violations.Add("applicant.level", "does not go with the birth date");
  }
  if (!applicant.school_uai.empty() && !IsUai(applicant.school_uai)) {
    violations.Add("applicant.school", "must be a UAI: seven digits and their check letter");
  }
  if (!IsDepartment(applicant.department)) {
    violations.Add("applicant.department", "must be the code of a département");
  }
}

absl::Status CheckProfileChange(const std::optional<Profile>& before, const Applicant& after,
                                Author author, const PersonPast& past, absl::CivilDay today) {
  if (author == Author::kAgency) return absl::OkStatus();
  if (before.has_value() && before->applicant.birth_date == after.birth_date) {
    return absl::OkStatus();
  }
  const bool rested_on = before.has_value() && (before->birth_date_proven || past.has_booked);
  const bool grows_up = past.was_erased && AgeOn(after.birth_date, today) >= kAgeOfMajority;
  if (!rested_on && !grows_up) return absl::OkStatus();
  return MakeError(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat("only the agency changes the birth date now: ", after.person),
      {.reason = "BIRTH_DATE_FIXED",
       .metadata = {{"resource", absl::StrCat(after.person, "/applicant")}},
       .preconditions =
           {{"BIRTH_DATE_FIXED", absl::StrCat(after.person, "/applicant"),
             "the birth date was proven, a booking rests on it, or the person was erased"}},
       .message_fr = "La date de naissance ne peut plus être modifiée. Adressez-vous à l'agence.",
       .message_en = "The birth date can no longer be changed. Please ask the agency."});
}

absl::Status CheckGuardianChange(const std::optional<Guardian>& before, Author author,
                                 int changes) {
  if (author == Author::kAgency) return absl::OkStatus();
  if (before.has_value() && before->bound) {
    const std::string name = absl::StrCat(before->person, "/guardian");
    return MakeError(
        absl::StatusCode::kFailedPrecondition,
        absl::StrCat("only the agency replaces this guardian: ", name),
        {.reason = "GUARDIAN_BOUND",
         .metadata = {{"resource", name}},
         .preconditions = {{"GUARDIAN_BOUND", name,
                            "the guardian has answered, or was named by the agency"}},
         .message_fr = "Le responsable légal ne peut plus être modifié. Adressez-vous à l'agence.",
         .message_en = "The guardian can no longer be changed. Please ask the agency."});
  }
  if (changes >= kGuardianChangesADay) {
    return MakeError(
        absl::StatusCode::kResourceExhausted, "the guardian was changed too often today",
        {.reason = "GUARDIAN_CHANGED_TOO_OFTEN",
         .retry_after = absl::Hours(24),
         .message_fr = "Le responsable légal a été modifié trop souvent. Réessayez demain.",
         .message_en = "The guardian was changed too often. Please try again tomorrow."});
  }
  return absl::OkStatus();
}

}  // namespace dm::booking
