#pragma once

#include "destinationmetier/catalogue/v1/offer_service.pb.h"
#include "services/catalogue/domain/offer_record.h"
#include "services/catalogue/domain/offer_state.h"
#include "services/catalogue/domain/visibility.h"

#include <vector>

namespace dm::catalogue {

// As somebody of that party sees it.
destinationmetier::catalogue::v1::OfferRecord ToMessage(const OfferRecord& record,
                                                        OfferParty reader);
destinationmetier::catalogue::v1::Visibility ToMessage(
    const std::vector<VisibilityReason>& reasons);

}  // namespace dm::catalogue
