#pragma once

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/rpc/file_upload.h"
#include "services/notification/domain/contact.h"

#include <vector>

namespace dm::notification {

// Reads the agency's list of contacts: CSV with a header that names party, display_name and email,
// in any order. IMPORT_REFUSED with file and line for a list that is damaged, names a party twice,
// holds what no contact may hold or a party that the caller may not set; the cause never quotes a
// name or an address.
absl::StatusOr<std::vector<ListedContact>> ReadContactList(
    absl::Span<const rpc::UploadedFile> files,
    absl::FunctionRef<SettingRight(absl::string_view party)> right_to_set);

// The same error, for a line that would replace what its party alone replaces.
absl::Status ContactBoundIn(const ListedContact& listed);

}  // namespace dm::notification
