#pragma once

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "common/rpc/file_upload.h"
#include "services/booking/domain/person.h"

#include <optional>
#include <string>
#include <vector>

namespace dm::booking {

// One line of the agency's list of applicants.
struct ListedApplicant {
  Applicant applicant;
  // Of the guardian; both empty when none is told.
  std::string guardian_name;
  std::string guardian_email;
  // What the guardian has signed on paper.
  struct Paper {
    absl::CivilDay signed_day;
    absl::CivilDay until;
  };
  std::optional<Paper> paper;
  // Where it stands, for refusals.
  std::string file;
  int line = 0;
};

// Reads lists of applicants, as README.md of this folder describes them. IMPORT_REFUSED with file
// and line for a list that is damaged, names a person twice, or says what cannot be true today; the
// cause never quotes what it says of people.
absl::StatusOr<std::vector<ListedApplicant>> ReadApplicantList(
    absl::Span<const rpc::UploadedFile> files, absl::CivilDay today);

}  // namespace dm::booking
