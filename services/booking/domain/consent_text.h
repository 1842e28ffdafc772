#pragma once

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/booking/domain/consent_record.h"

#include <string>
#include <vector>

// What a guardian is asked, word for word. The words are part of the proof: each wording has a
// version, and what was shown is kept as a hash.
namespace dm::booking {

// Raised with every change of a word.
inline constexpr int kConsentTextVersion = 1;

// What the question is about. The child is not named: booking does not know what people are called.
struct ConsentSubject {
  // UUID.
  std::string booking_id;
  Scheme scheme = Scheme::kMeeting;
  std::string session_title;
  absl::Time start_time;
  absl::Time end_time;
};

// One thing that a guardian may agree to.
struct ConsentChoice {
  ConsentTerms terms;
  // In French, in the first person.
  std::string text;
  // SHA-256 of the text, in hexadecimal digits.
  std::string hash;
};

// What a guardian may choose between on that day, the narrowest first: this booking, every activity
// of its kind or every activity until the end of the school year in which it ends, where that is
// within a standing consent's reach.
std::vector<ConsentChoice> ConsentChoices(const ConsentSubject& subject, absl::CivilDay today);

// 31 August of the school year that the day is in.
absl::CivilDay EndOfSchoolYear(absl::CivilDay day);

}  // namespace dm::booking
