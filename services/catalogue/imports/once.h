#pragma once

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "services/catalogue/imports/source_table.h"

#include <string>

namespace dm::catalogue {

// Refuses a value that came before.
class Once {
 public:
  void Check(const std::string& value, absl::string_view what, RowReader* row) {
    if (!IsNew(value)) row->Refuse(absl::StrCat(what, " est déjà dans l'envoi"));
  }
  bool IsNew(const std::string& value) { return seen_.insert(value).second; }

 private:
  absl::flat_hash_set<std::string> seen_;
};

}  // namespace dm::catalogue
