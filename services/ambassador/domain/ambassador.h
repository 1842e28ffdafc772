#pragma once

#include "absl/time/time.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dm::ambassador {

struct Place {
  std::string street;
  std::string postal_code;
  std::string commune;
  std::string commune_code;
  std::string department;
  double latitude = 0;
  double longitude = 0;

  friend bool operator==(const Place&, const Place&) = default;
};

// A public profile.
struct Ambassador {
  // UUID in lower case.
  std::string id;
  std::string display_name;
  std::string job_title;
  // Empty for a student.
  std::string siret;
  std::string company_display_name;
  std::vector<std::string> rome_codes;
  std::vector<std::string> sectors;
  std::string presentation;
  // As IsFormat and IsAudience know them.
  std::vector<std::string> formats;
  std::vector<std::string> audiences;
  Place place;
  bool demonstration = false;

  std::string Name() const { return "ambassadors/" + id; }

  friend bool operator==(const Ambassador&, const Ambassador&) = default;
};

// One dated meeting.
struct Session {
  // UUID in lower case; empty for one that has not been stored yet.
  std::string id;
  std::string ambassador_id;
  absl::Time start_time;
  absl::Time end_time;
  int capacity = 0;
  std::string format;
  bool instant_confirmation = false;
  int held = 0;
  int64_t version = 1;
  std::optional<absl::Time> cancel_time;

  std::string Name() const { return "ambassadors/" + ambassador_id + "/sessions/" + id; }
  // Booking may hold more than a capacity that was lowered since; a cancelled session has none.
  int available() const {
    return !cancel_time.has_value() && capacity > held ? capacity - held : 0;
  }

  friend bool operator==(const Session&, const Session&) = default;
};

// What the public is shown of an ambassador.
struct Profile {
  Ambassador ambassador;
  // Start of the next session with a seat left.
  std::optional<absl::Time> next_session;
};

// A meeting as booking has to hear of it.
struct ScheduledSession {
  Session session;
  Ambassador ambassador;
};

}  // namespace dm::ambassador
