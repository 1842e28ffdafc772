#include "services/gateway/api/gathering.h"
#include "services/gateway/api/page_makers.h"

namespace dm::gateway {
namespace {

namespace booking = destinationmetier::booking::v1;
namespace catalogue = destinationmetier::catalogue::v1;
namespace pb = destinationmetier::gateway::v1;
using Desk = Gathering<pb::AgencyDesk>;

constexpr int kShown = 50;
constexpr int kReports = 20;
constexpr int kSearches = 10;

void AskWhatToModerate(const PageSources& sources, Desk& desk) {
  catalogue::ListOfferRecordsRequest offers;
  offers.set_parent("companies/-");
  offers.set_page_size(kShown);
  offers.add_states(catalogue::Offer::STATE_SUBMITTED);
  desk.Main(sources.offers.get(), &OffersCalls::ListOfferRecords, offers,
            [&desk](catalogue::ListOfferRecordsResponse& found) {
              desk.Fill([&](pb::AgencyDesk& page) {
                page.mutable_offers()->Swap(found.mutable_records());
                page.set_offers_next_page_token(found.next_page_token());
              });
            });
  catalogue::ListOfferReportsRequest reports;
  reports.set_page_size(kReports);
  reports.set_open_only(true);
  desk.Side("reports", sources.moderation.get(), &ModerationCalls::ListOfferReports, reports,
            [](pb::AgencyDesk& page, catalogue::ListOfferReportsResponse& found) {
              page.mutable_reports()->Swap(found.mutable_reports());
              page.set_reports_next_page_token(found.next_page_token());
            });
}

// Operators have no part in bookings.
void AskForBookings(const PageSources& sources, Desk& desk) {
  booking::ListBookingsRequest bookings;
  bookings.set_page_size(kShown);
  bookings.add_states(booking::Booking::STATE_PENDING_CONSENT);
  desk.Side("consents_awaited", sources.bookings.get(), &BookingsCalls::ListBookings, bookings,
            [](pb::AgencyDesk& page, booking::ListBookingsResponse& found) {
              page.mutable_consents_awaited()->Swap(found.mutable_bookings());
              page.set_consents_awaited_next_page_token(found.next_page_token());
            });
  booking::ListAgreementsRequest agreements;
  agreements.set_page_size(kShown);
  agreements.add_states(booking::Agreement::STATE_IN_REVIEW);
  desk.Side("agreements", sources.agreements.get(), &AgreementsCalls::ListAgreements, agreements,
            [](pb::AgencyDesk& page, booking::ListAgreementsResponse& found) {
              page.mutable_agreements()->Swap(found.mutable_agreements());
            });
}

void AskForFigures(const PageSources& sources, Desk& desk) {
  catalogue::GetStatisticsRequest figures;
  figures.add_group_by(catalogue::STATISTICS_DIMENSION_DEPARTMENT);
  desk.Side("figures", sources.statistics.get(), &StatisticsCalls::GetStatistics, figures,
            [](pb::AgencyDesk& page, catalogue::GetStatisticsResponse& found) {
              if (found.has_total()) page.mutable_figures()->Swap(found.mutable_total());
              page.mutable_department_figures()->Swap(found.mutable_rows());
            });
  catalogue::ListFrequentSearchesRequest searches;
  searches.set_kind(catalogue::ListFrequentSearchesRequest::KIND_EMPTY);
  searches.set_page_size(kSearches);
  desk.Side("searches_in_vain", sources.statistics.get(), &StatisticsCalls::ListFrequentSearches,
            searches, [](pb::AgencyDesk& page, catalogue::ListFrequentSearchesResponse& found) {
              page.mutable_searches_in_vain()->Swap(found.mutable_searches());
            });
  desk.Side("sources", sources.reference.get(), &ReferenceCalls::ListSources,
            catalogue::ListSourcesRequest(),
            [](pb::AgencyDesk& page, catalogue::ListSourcesResponse& found) {
              page.mutable_sources()->Swap(found.mutable_sources());
            });
}

}  // namespace

void MakeAgencyDesk(const PageSources& sources, std::shared_ptr<const rpc::Call> call,
                    const pb::GetAgencyDeskRequest&, rpc::Done<pb::AgencyDesk> done) {
  Desk::Make(sources.clock, std::move(call), std::move(done), [&](Desk& desk) {
    AskWhatToModerate(sources, desk);
    if (desk.call().caller.Is(auth::Role::kAgency)) AskForBookings(sources, desk);
    AskForFigures(sources, desk);
  });
}

}  // namespace dm::gateway
