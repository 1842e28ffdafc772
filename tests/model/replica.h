#pragma once

#include "common/database/database.h"
#include "services/booking/api/booking_service.h"
#include "services/booking/ledger/ledger.h"
#include "services/booking/ledger/review_loop.h"
#include "tests/model/front.h"

#include <memory>

namespace dm::model {

// What everything is decided under.
booking::Terms MakeTerms(const booking::Policy& policy);

// One process of the booking service, but for the process: ledger, timers and methods on a pool of
// its own.
class Replica final : public Front {
 public:
  Replica(std::unique_ptr<database::Database> database, const Clock* clock,
          const booking::Policy& policy);

  void Submit(const Ask& ask, std::function<void(Answer)> done) override;

  booking::ReviewLoop& reviews() { return reviews_; }
  database::Database& database() { return *database_; }

 private:
  const std::unique_ptr<database::Database> database_;
  const booking::Terms terms_;
  rpc::PageTokens page_tokens_;
  booking::BookingStore store_;
  booking::Ledger ledger_;
  booking::ReviewLoop reviews_;
  booking::BookingService service_;
};

}  // namespace dm::model
