#pragma once

#include "absl/status/status.h"
#include "common/database/database.h"
#include "common/rpc/call.h"
#include "common/rpc/method.h"
#include "common/rpc/page_token.h"
#include "common/time/clock.h"
#include "destinationmetier/catalogue/v1/offer_exchange_service.pb.h"

namespace dm::catalogue {

void ValidateExport(const destinationmetier::catalogue::v1::ExportOffersRequest& request,
                    Violations& violations);

// Sends the offers of each département, the next only when those before were handed over. OK at the
// end; what ends it earlier ends the stream, and its last position is where it can go on.
absl::Status SendOffers(
    database::Database& database, const rpc::PageTokens& page_tokens, const Clock& clock,
    const rpc::Call& call, const destinationmetier::catalogue::v1::ExportOffersRequest& request,
    rpc::Writer<destinationmetier::catalogue::v1::ExportOffersResponse>& writer);

}  // namespace dm::catalogue
