#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/booking/domain/consent.h"

#include <cstdint>
#include <optional>
#include <string>

namespace dm::booking {

// How a decision of a guardian came. The names are stored and sent, so they are never changed.
enum class ConsentMethod : uint8_t { kLink, kPaper };

// "LINK", "PAPER".
absl::string_view ConsentMethodName(ConsentMethod method);
std::optional<ConsentMethod> ParseConsentMethod(absl::string_view name);
// "BOOKING", "SCHEME", "ALL".
absl::string_view ConsentScopeName(Consent::Scope scope);
std::optional<Consent::Scope> ParseConsentScope(absl::string_view name);

// A decision with its proof, kept for ever.
struct ConsentRecord {
  // UUIDv7.
  std::string id;
  // The applicant, "people/{subject}".
  std::string person;
  Consent consent;
  ConsentMethod method = ConsentMethod::kLink;
  // Id of the guardian who decided; empty when a paper was recorded without one on file.
  std::string guardian_id;
  // By link: the question's id, and which text was shown, by its version and its SHA-256 in
  // hexadecimal digits.
  std::string request_id;
  int text_version = 0;
  std::string text_hash;
  // On paper: "people/{subject}" of who recorded it, and the day it was signed.
  std::string recorded_by;
  std::optional<absl::CivilDay> signed_day;

  // 1 when made, 2 once withdrawn: nothing else of it ever changes.
  int64_t version() const { return consent.withdrawn.has_value() ? 2 : 1; }
};

// What a guardian may agree to.
struct ConsentTerms {
  Consent::Scope scope = Consent::Scope::kBooking;
  // As in Consent.
  std::string booking_id;
  std::optional<Scheme> scheme;
  std::optional<absl::CivilDay> until;

  friend bool operator==(const ConsentTerms&, const ConsentTerms&) = default;
};

// Consent to these terms at that time. When the one booking is to take place is not among them: who
// takes the decision adds it.
Consent Given(const ConsentTerms& terms, absl::Time decided);

// How far a consent that covers more than one booking may reach, from the day it is given.
inline constexpr int kLongestStandingDays = 366;

// What is wrong with the last day of terms that are agreed to on that day, as a short English text:
// over already, or too far away. Empty when nothing is.
std::string UntilFault(const ConsentTerms& terms, absl::CivilDay today);

}  // namespace dm::booking
