#pragma once

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/booking/domain/person.h"
#include "services/booking/domain/presence.h"
#include "services/booking/domain/rule.h"
#include "services/booking/domain/scheme.h"
#include "services/booking/domain/school_calendar.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

// May this person do this stay? What is asked, and what the rules answer.
namespace dm::booking {

// What somebody wants to do.
struct Stay {
  Scheme scheme = Scheme::kMeeting;
  // Nothing can be said of a stay without days.
  std::vector<PresenceDay> days;
  // ROME code; empty when none is told.
  std::string profession;
  // "companies/{siret}" or "ambassadors/{ambassador}".
  std::string host;
};

// Another stay of the same person that took place or is to.
struct PriorStay {
  Scheme scheme = Scheme::kMeeting;
  absl::CivilDay first_day;
  // As in Stay.
  std::string profession;
  std::string host;
  // Where its scheme needs an agreement, hours, rests and holidays of both count together.
  std::vector<PresenceDay> days;
};

// What the host asks of a request beyond the law. Nothing, unless it says so.
struct HostTerms {
  // Requests that it takes in a month, 0 for no limit, and those that it got in this one.
  int monthly_quota = 0;
  int requests = 0;
  // As in Session.
  std::vector<std::string> reserved_schools;
  bool priority_areas_only = false;
};

struct EligibilityQuestion {
  Stay stay;
  Applicant applicant;
  bool guardian_known = false;
  std::vector<PriorStay> prior;
  // When it was asked for: decides which version of a rule holds.
  absl::Time submitted;
  HostTerms host_terms;
};

// What one rule says of a stay.
struct RuleFinding {
  // Its id, "mini-stage.hours-per-day", and version.
  std::string rule;
  int version = 0;
  bool satisfied = true;
  // What was found and what is allowed, in French: "8 h", "7 h".
  std::string value;
  std::string limit;
  // For the young person.
  std::string sentence_fr;
  // Texts and dates.
  std::string source;

  friend bool operator==(const RuleFinding&, const RuleFinding&) = default;
};

struct StayFacts;

// All rules. Immutable, thread-safe.
class RuleBook {
 public:
  // INVALID_ARGUMENT (no details) with MistakeIn(set), for developers.
  static absl::StatusOr<RuleBook> Make(RuleSet set);

  // Every rule that holds for the stay, broken or not, in the order of the files. Of the rules on
  // what a host asks, those of which it asks nothing are left out.
  std::vector<RuleFinding> Explain(const EligibilityQuestion& question,
                                   const SchoolCalendar& calendar) const;
  // Only those that are broken: the same, with less to do.
  std::vector<RuleFinding> Broken(const EligibilityQuestion& question,
                                  const SchoolCalendar& calendar) const;

  // Whether a stay under the scheme needs a validated agreement.
  bool NeedsAgreement(Scheme scheme) const;
  // How long a booking is kept after the end of its session.
  absl::Duration Retention(Scheme scheme) const;

  // The zone whose holidays the applicant has: that of the school, or else of where they live.
  // Absent for a département that no académie has.
  std::optional<std::string> ZoneOf(const Applicant& applicant) const;

  const RuleSet& rules() const { return set_; }

 private:
  // The set has no mistake.
  explicit RuleBook(RuleSet set);

  std::vector<RuleFinding> Find(const EligibilityQuestion& question, const SchoolCalendar& calendar,
                                bool only_broken) const;
  StayFacts FactsOf(const EligibilityQuestion& question, const SchoolCalendar& calendar) const;

  RuleSet set_;
  // By the number of the scheme: the indexes of its rules, and its terms.
  std::vector<std::vector<size_t>> rules_of_scheme_;
  std::vector<SchemeTerms> terms_of_scheme_;
  absl::flat_hash_map<std::string, std::string> zone_of_department_;
};

}  // namespace dm::booking
