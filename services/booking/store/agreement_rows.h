#pragma once

#include "services/booking/domain/agreement.h"

#include <pqxx/pqxx>

// How a row of agreements reads.
namespace dm::booking {

#define DM_AGREEMENT_COLUMNS                                                                     \
  "agreements.id, agreements.booking_id, agreements.scheme, agreements.state, "                  \
  "agreements.version, agreements.content, agreements.document, agreements.document_hash, "      \
  "dm_micros(agreements.start_time) AS start_time, dm_micros(agreements.end_time) AS end_time, " \
  "dm_micros(agreements.create_time) AS create_time, "                                           \
  "dm_micros(agreements.update_time) AS update_time, recommended_by, "                           \
  "dm_micros(recommended_time) AS recommended_time, validated_by, "                              \
  "dm_micros(validated_time) AS validated_time, agreements.reason, agreements.why"

// All but the content, the signatories and the reports.
Agreement ToAgreementWithoutContent(const pqxx::row& row);

}  // namespace dm::booking
