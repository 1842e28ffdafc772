#pragma once

#include "common/rpc/method.h"
#include "destinationmetier/gateway/v1/gateway_service.pb.h"
#include "services/gateway/api/page_sources.h"

#include <memory>

// The pages, one file each.
namespace dm::gateway {

// Answers without waiting. `sources` outlives the answer.
template <typename Request, typename Page>
using PageMaker = void(const PageSources& sources, std::shared_ptr<const rpc::Call> call,
                       const Request& request, rpc::Done<Page> done);

PageMaker<destinationmetier::gateway::v1::GetHomeRequest, destinationmetier::gateway::v1::Home>
    MakeHome;
PageMaker<destinationmetier::gateway::v1::GetOfferPageRequest,
          destinationmetier::gateway::v1::OfferPage>
    MakeOfferPage;
PageMaker<destinationmetier::gateway::v1::GetProfessionOverviewRequest,
          destinationmetier::gateway::v1::ProfessionOverview>
    MakeProfessionOverview;
PageMaker<destinationmetier::gateway::v1::GetMySpaceRequest,
          destinationmetier::gateway::v1::MySpace>
    MakeMySpace;
PageMaker<destinationmetier::gateway::v1::GetHostDeskRequest,
          destinationmetier::gateway::v1::HostDesk>
    MakeHostDesk;
PageMaker<destinationmetier::gateway::v1::GetAgencyDeskRequest,
          destinationmetier::gateway::v1::AgencyDesk>
    MakeAgencyDesk;

}  // namespace dm::gateway
