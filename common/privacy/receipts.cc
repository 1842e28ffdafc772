#include "common/privacy/receipts.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/text/uuid.h"

#include <algorithm>

namespace dm::privacy {
namespace {

namespace pb = destinationmetier::privacy::v1;

using database::FromMicros;
using database::Statement;
using database::ToMicros;

constexpr Statement kOpenReceipt{"open_erasure_receipt", R"sql(
  INSERT INTO erasure_receipts (id, party, requested) VALUES ($1, $2, dm_time($3))
  ON CONFLICT (party) WHERE erased IS NULL DO NOTHING
)sql"};

constexpr Statement kFindOpen{
    "find_open_erasure_receipt",
    "SELECT id FROM erasure_receipts WHERE party = $1 AND erased IS NULL"};

constexpr Statement kCloseReceipt{"close_erasure_receipt", R"sql(
  UPDATE erasure_receipts SET erased = dm_time($2) WHERE party = $1 AND erased IS NULL RETURNING id
)sql"};

constexpr Statement kNoteConfirmations{"note_erasure_confirmations", R"sql(
  INSERT INTO erasure_confirmations (erasure, service, confirmed)
  SELECT erasure_receipts.id, told.service, dm_time($3)
  FROM unnest($1::uuid[], $2::text[]) AS told (erasure, service)
  JOIN erasure_receipts ON erasure_receipts.id = told.erasure
  ON CONFLICT ON CONSTRAINT erasure_confirmations_pkey DO NOTHING
)sql"};

#define DM_RECEIPT_COLUMNS \
  "SELECT id, party, dm_micros(requested) AS requested, dm_micros(erased) AS erased "

constexpr Statement kFindReceipt{"find_erasure_receipt",
                                 DM_RECEIPT_COLUMNS "FROM erasure_receipts WHERE id = $1::uuid"};

constexpr Statement kFindNewest{"find_newest_erasure_receipt", DM_RECEIPT_COLUMNS
                                "FROM erasure_receipts WHERE party = $1 "
                                "ORDER BY requested DESC, id DESC LIMIT 1"};

#undef DM_RECEIPT_COLUMNS

constexpr Statement kFindConfirmations{"find_erasure_confirmations", R"sql(
  SELECT service, dm_micros(confirmed) AS confirmed FROM erasure_confirmations
  WHERE erasure = $1::uuid
)sql"};

constexpr absl::string_view kPrefix = "erasures/";

std::optional<Receipt> ReceiptIn(database::Transaction& transaction, const pqxx::result& rows) {
  if (rows.empty()) return std::nullopt;
  const pqxx::row row = rows[0];
  Receipt receipt = {.id = row["id"].c_str(),
                     .party = row["party"].c_str(),
                     .requested = FromMicros(row["requested"].as<int64_t>()),
                     .erased = std::nullopt,
                     .confirmed = {}};
  if (!row["erased"].is_null()) receipt.erased = FromMicros(row["erased"].as<int64_t>());
  for (const pqxx::row& confirmed : transaction.Exec(kFindConfirmations, receipt.id)) {
    receipt.confirmed[confirmed["service"].c_str()] =
        FromMicros(confirmed["confirmed"].as<int64_t>());
  }
  return receipt;
}

void SetTime(absl::Time time, google::protobuf::Timestamp* out) {
  const int64_t micros = absl::ToUnixMicros(time);
  out->set_seconds(micros / 1'000'000);
  out->set_nanos(static_cast<int32_t>(micros % 1'000'000) * 1000);
}

}  // namespace

std::string OpenReceipt(database::Transaction& transaction, const std::string& party,
                        absl::Time now) {
  transaction.Exec(kOpenReceipt, NewUuid(now), party, ToMicros(now));
  return transaction.Exec(kFindOpen, party)[0][0].c_str();
}

std::string CloseReceipt(database::Transaction& transaction, const std::string& party,
                         absl::Time now) {
  transaction.Exec(kOpenReceipt, NewUuid(now), party, ToMicros(now));
  return transaction.Exec(kCloseReceipt, party, ToMicros(now))[0][0].c_str();
}

void NoteConfirmations(database::Transaction& transaction,
                       const std::vector<Confirmation>& confirmations, absl::Time now) {
  std::vector<std::string> ids, services;
  for (const Confirmation& confirmation : confirmations) {
    const auto id = ParseErasureName(confirmation.erasure);
    if (!id.has_value()) continue;
    ids.push_back(*id);
    services.push_back(confirmation.service);
  }
  if (!ids.empty()) transaction.Exec(kNoteConfirmations, ids, services, ToMicros(now));
}

std::optional<Receipt> FindReceipt(database::Transaction& transaction, const std::string& id) {
  return ReceiptIn(transaction, transaction.Exec(kFindReceipt, id));
}

std::optional<Receipt> FindNewestReceipt(database::Transaction& transaction,
                                         const std::string& party) {
  return ReceiptIn(transaction, transaction.Exec(kFindNewest, party));
}

std::string ErasureName(absl::string_view id) { return absl::StrCat(kPrefix, id); }

std::optional<std::string> ParseErasureName(absl::string_view name) {
  if (!absl::ConsumePrefix(&name, kPrefix) || !IsUuid(name)) return std::nullopt;
  return absl::AsciiStrToLower(name);
}

pb::Erasure ToMessage(const Receipt& receipt, const Circle& circle) {
  pb::Erasure message;
  message.set_name(ErasureName(receipt.id));
  message.set_party(receipt.party);
  SetTime(receipt.requested, message.mutable_create_time());
  const auto add = [&](const std::string& service, std::optional<absl::Time> erased) {
    auto* shown = message.add_services();
    shown->set_service(service);
    if (erased.has_value()) SetTime(*erased, shown->mutable_erase_time());
  };
  add(circle.owner, receipt.erased);
  std::optional<absl::Time> last = receipt.erased;
  for (const std::string& follower : circle.followers) {
    const auto confirmed = receipt.confirmed.find(follower);
    const bool done = confirmed != receipt.confirmed.end();
    add(follower, done ? std::optional(confirmed->second) : std::nullopt);
    last =
        done && last.has_value() ? std::optional(std::max(*last, confirmed->second)) : std::nullopt;
  }
  if (!receipt.erased.has_value()) {
    message.set_state(pb::Erasure::STATE_PENDING);
  } else if (!last.has_value()) {
    message.set_state(pb::Erasure::STATE_SPREADING);
  } else {
    message.set_state(pb::Erasure::STATE_COMPLETED);
    SetTime(*last, message.mutable_complete_time());
  }
  return message;
}

}  // namespace dm::privacy
