#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/privacy/personal_data.h"
#include "common/rpc/service_binding.h"
#include "common/time/clock.h"

#include <functional>
#include <memory>
#include <string>

namespace dm::privacy {

// Serves privacy.v1.PersonalDataService from a service's register. Thread-safe.
class PersonalDataService {
 public:
  // Keeps, in the transaction that reads, that `actor` ("people/{subject}") took what is kept of
  // the party. Throws as Transaction::Exec does.
  using Record = std::function<void(database::Transaction& transaction, const std::string& party,
                                    const std::string& actor, absl::Time now)>;

  // All outlive this. `record` is null in a service that owns no people.
  PersonalDataService(database::Database* database, const Clock* clock, const Register* shown,
                      Record record)
      : database_(database), clock_(clock), shown_(shown), record_(std::move(record)) {}

  // This outlives the server.
  std::unique_ptr<rpc::ServiceBinding> Bind(rpc::Pipeline* pipeline);

  absl::StatusOr<destinationmetier::privacy::v1::PersonalData> Get(
      const rpc::Call& call, const destinationmetier::privacy::v1::GetPersonalDataRequest& request);

 private:
  database::Database* const database_;
  const Clock* const clock_;
  const Register* const shown_;
  const Record record_;
};

}  // namespace dm::privacy
