#include "tests/model/zoo/tapped_database.h"

namespace dm::model {

class TappedDatabase::TappedTransaction final : public database::Transaction {
 public:
  TappedTransaction(database::Transaction* inner, TappedDatabase* database)
      : inner_(inner), database_(database) {}

  pqxx::transaction_base& raw() override { return inner_->raw(); }

 private:
  pqxx::result Run(const database::Statement& statement,
                   const std::vector<Parameter>& parameters) override {
    return database_->Execute(inner_->raw(), statement, parameters);
  }

  database::Transaction* const inner_;
  TappedDatabase* const database_;
};

absl::Status TappedDatabase::Run(Mode mode, absl::Time deadline,
                                 const std::function<absl::Status(database::Transaction&)>& body) {
  const auto tapped = [&](database::Transaction& transaction) {
    TappedTransaction tap(&transaction, this);
    return body(tap);
  };
  return mode == Mode::kWrite ? inner_->Write(deadline, tapped) : inner_->Read(deadline, tapped);
}

pqxx::result TappedDatabase::Execute(pqxx::transaction_base& raw,
                                     const database::Statement& statement,
                                     const Parameters& parameters) {
  return raw.exec_params(statement.sql, pqxx::prepare::make_dynamic_params(parameters));
}

}  // namespace dm::model
