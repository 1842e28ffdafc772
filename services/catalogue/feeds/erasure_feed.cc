#include "services/catalogue/feeds/erasure_feed.h"

#include "services/catalogue/store/person_erasure.h"

namespace dm::catalogue {

absl::StatusOr<std::vector<privacy::Tombstone>> ApplyErasures(database::Transaction& transaction,
                                                              privacy::EventSpan events) {
  auto erased = privacy::TombstonesIn(events);
  if (erased.ok()) ForgetPeople(transaction, privacy::PeopleOf(*erased));
  return erased;
}

}  // namespace dm::catalogue
