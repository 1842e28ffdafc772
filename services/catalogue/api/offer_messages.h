#pragma once

#include "destinationmetier/catalogue/v1/catalogue_service.pb.h"
#include "services/catalogue/domain/cancellation.h"
#include "services/catalogue/domain/offer.h"

#include <string>

namespace dm::catalogue {

destinationmetier::catalogue::v1::Offer ToMessage(const Offer& offer);
destinationmetier::catalogue::v1::Session ToMessage(const std::string& offer_name,
                                                    const Session& session);
destinationmetier::catalogue::v1::Session ToMessage(const HostedSession& hosted);

}  // namespace dm::catalogue
