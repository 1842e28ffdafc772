#pragma once

#include "absl/strings/str_cat.h"
#include "services/booking/domain/command.h"
#include "services/booking/domain/decision.h"
#include "tests/support/lenient_rules.h"

#include <memory>
#include <string>

// Sessions, people and commands for the tests of the domain.
namespace dm::booking {

inline absl::Time At(int hours) {
  return absl::FromUnixSeconds(1'800'000'000) + absl::Hours(hours);
}

inline Session MakeSession(const std::string& id, int capacity, int start_hour = 24) {
  return {.id = id,
          .name = absl::StrCat("offers/o/sessions/", id),
          .host = "companies/73282932000074",
          .title = "Découvrir le métier de boulanger",
          .department = "61",
          .start_time = At(start_hour),
          .end_time = At(start_hour + 8),
          .announced_capacity = capacity,
          .held = 0,
          .instant_confirmation = false,
          .open = true};
}

// Terms without any rule, and a policy whose times are easy to count in.
inline Terms TestTerms() {
  static const Terms kTerms = LenientTerms({.offer_time = absl::Hours(4),
                                            .consent_time = absl::Hours(6),
                                            .host_time = absl::Hours(8),
                                            .most_open_requests = 1000});
  return kTerms;
}

inline Decision Decide(const Snapshot& snapshot, absl::Span<const Command> commands) {
  return Decide(snapshot, TestTerms(), commands);
}
inline Outcome DecideAlone(const Snapshot& snapshot, const Command& command) {
  return DecideAlone(snapshot, TestTerms(), command);
}

// Of that age, in whole years, on the day of At(0).
inline Person PersonOfAge(int years, bool guardian_known = true) {
  Person person;
  person.profile = Applicant{.birth_date = absl::CivilDay(2027 - years, 1, 1),
                             .level = years < 18 ? Level::kLycee : Level::kStudent,
                             .department = "61"};
  person.guardian_known = guardian_known;
  return person;
}

// A snapshot in which the pupils of the tests are of age.
inline Snapshot Known(absl::Time now) {
  Snapshot snapshot(now);
  for (const char* name : {"ana", "bob", "cleo", "dan", "eve"}) {
    snapshot.AddPerson(absl::StrCat("people/", name), PersonOfAge(20));
  }
  for (int i = 0; i < 12; ++i) snapshot.AddPerson(absl::StrCat("people/p", i), PersonOfAge(20));
  return snapshot;
}

inline Actor Pupil(const std::string& name) {
  return {
      .person = absl::StrCat("people/", name), .applicant = true, .hosts = {}, .departments = {}};
}

inline Actor Host(const std::string& host = "companies/73282932000074") {
  return {.person = "people/host", .applicant = false, .hosts = {host}, .departments = {}};
}

inline Command Create(const Actor& actor, const Session& session, const std::string& request) {
  return {.actor = actor,
          .request_id = request,
          .method = "CreateBooking",
          .fingerprint = session.name,
          .what = CreateCommand{session.id, session.name, absl::StrCat("b-", request)}};
}

inline Command Take(const Actor& actor, const std::string& booking, Step step,
                    const std::string& request,
                    std::optional<int64_t> expected_version = std::nullopt,
                    const std::string& reason = "") {
  return {.actor = actor,
          .request_id = request,
          .method = std::string(StepName(step)),
          .fingerprint = absl::StrCat(booking, "/", expected_version.value_or(0), "/", reason),
          .what = StepCommand{booking, step, expected_version, reason}};
}

inline Command Move(const Actor& actor, const std::string& booking, const Session& session,
                    const std::string& new_booking, const std::string& request) {
  return {.actor = actor,
          .request_id = request,
          .method = "RescheduleBooking",
          .fingerprint = absl::StrCat(booking, ">", session.id),
          .what = RescheduleCommand{.booking_id = booking,
                                    .session_id = session.id,
                                    .session_name = session.name,
                                    .new_booking_id = new_booking}};
}

// A look of the suite's own.
inline Command ReviewOf(const std::string& booking) {
  return {.actor = SystemActor(),
          .what = StepCommand{.booking_id = booking, .step = Step::kReview}};
}
inline Command ReviewOfSession(const std::string& session) {
  return {.actor = SystemActor(), .what = ReviewSessionCommand{session}};
}

}  // namespace dm::booking
