#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include <cstdint>
#include <string>

namespace dm::notification {

enum class SessionFormat : uint8_t { kOnSite, kPhone, kVideo };

// "ON_SITE", "PHONE", "VIDEO"; all else reads as on site.
absl::string_view SessionFormatName(SessionFormat format);
SessionFormat ParseSessionFormat(absl::string_view name);

// A session, as far as messages speak of it.
struct Session {
  // "offers/{offer}/sessions/{session}" or "ambassadors/{ambassador}/sessions/{session}".
  std::string name;
  // "companies/{siret}" or "ambassadors/{ambassador}".
  std::string host;
  std::string title;
  std::string company_display_name;
  std::string street;
  std::string postal_code;
  std::string commune;
  // What similar sessions are looked for by: a ROME code and the code of a département. May be
  // empty.
  std::string profession;
  std::string department;
  SessionFormat format = SessionFormat::kOnSite;
  absl::Time start_time;
  absl::Time end_time;
  int64_t version = 1;
};

// The query of a search for sessions like this one, for instance
// "door=offers&professions=B1805&departments=61".
std::string SimilarSessionsQuery(const Session& session);

// Where to be, in one line: the company's address, or how one talks at a distance.
std::string WhereInWords(const Session& session);

}  // namespace dm::notification
