#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/auth/caller.h"
#include "common/errors/error.h"
#include "common/rpc/call.h"
#include "destinationmetier/catalogue/v1/offer_exchange_service.pb.h"
#include "services/catalogue/domain/partner_import.h"

// The exchange of offers with other systems, as messages.
namespace dm::catalogue {

PartnerSender SenderOf(const auth::Caller& caller);

// PERMISSION_DENIED for a partner whose token lacks a scope; all others need none.
absl::Status CheckScope(const auth::Caller& caller, absl::string_view scope);

// What ends a stream that broke: CANCELLED where the caller has gone, else UNAVAILABLE, since it
// can go on elsewhere or later.
absl::Status BrokenStream(const rpc::Call& call);

void Validate(const destinationmetier::catalogue::v1::ImportStart& start, absl::string_view field,
              Violations& violations);

// With its fault in it, if it has one.
PartnerItem ToItem(const destinationmetier::catalogue::v1::PartnerOffer& offer);

destinationmetier::catalogue::v1::ItemResult ToMessage(const ItemResult& result,
                                                       absl::string_view language);
// `incomplete` is why nothing was archived, or OK.
destinationmetier::catalogue::v1::ImportSummary ToMessage(const RunCounts& counts,
                                                          const absl::Status& incomplete,
                                                          absl::string_view language);

}  // namespace dm::catalogue
