#pragma once

#include "absl/strings/str_cat.h"
#include "services/booking/domain/command.h"
#include "services/booking/domain/decision.h"

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

}  // namespace dm::booking
