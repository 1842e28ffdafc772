#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/catalogue/domain/words.h"

#include <functional>
#include <string>

namespace dm::catalogue {

// The query with each word that no job title has replaced by the words that are spelt most like it.
// Empty when there is nothing to correct.
TextQuery CorrectSpelling(database::Transaction& transaction, const TextQuery& query);

}  // namespace dm::catalogue
