#include "absl/strings/str_cat.h"
#include "services/gateway/api/gathering.h"
#include "services/gateway/api/page_makers.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

namespace dm::gateway {
namespace {

namespace ambassador = destinationmetier::ambassador::v1;
namespace booking = destinationmetier::booking::v1;
namespace catalogue = destinationmetier::catalogue::v1;
namespace pb = destinationmetier::gateway::v1;
using Desk = Gathering<pb::HostDesk>;

constexpr int kShown = 50;
constexpr int kMeetings = 100;
constexpr int kMostSessions = 100;

std::vector<std::string> CompaniesOf(const auth::Caller& caller) {
  std::vector<std::string> sirets = caller.companies;
  std::sort(sirets.begin(), sirets.end());
  sirets.erase(std::unique(sirets.begin(), sirets.end()), sirets.end());
  if (sirets.size() > kShown) sirets.resize(kShown);
  return sirets;
}

// What a session of an offer and one of an ambassador have in common.
template <typename Session>
pb::DeskSession* Add(const Session& session, pb::HostDesk& page) {
  pb::DeskSession* const added = page.add_sessions();
  added->set_name(session.name());
  *added->mutable_start_time() = session.start_time();
  *added->mutable_end_time() = session.end_time();
  added->set_capacity(session.capacity());
  added->set_available(session.available());
  if (session.has_cancel_time()) *added->mutable_cancel_time() = session.cancel_time();
  return added;
}

// The soonest first, whatever came first of offers and meetings.
void Arrange(pb::HostDesk& page) {
  auto& sessions = *page.mutable_sessions();
  const auto place = [](const pb::DeskSession& session) {
    return std::tuple(session.start_time().seconds(), session.start_time().nanos(), session.name());
  };
  std::sort(sessions.begin(), sessions.end(),
            [&](const auto& a, const auto& b) { return place(a) < place(b); });
  while (sessions.size() > kMostSessions) sessions.RemoveLast();
}

void AskForBookings(const PageSources& sources, Desk& desk) {
  booking::ListBookingsRequest requests;
  requests.set_page_size(kShown);
  requests.add_states(booking::Booking::STATE_PENDING_HOST);
  desk.Main(sources.bookings.get(), &BookingsCalls::ListBookings, requests,
            [&desk](booking::ListBookingsResponse& found) {
              desk.Fill([&](pb::HostDesk& page) {
                page.mutable_requests()->Swap(found.mutable_bookings());
                page.set_requests_next_page_token(found.next_page_token());
              });
            });
  booking::ListBookingsRequest visits;
  visits.set_page_size(kShown);
  visits.add_states(booking::Booking::STATE_CONFIRMED);
  visits.mutable_from()->set_seconds(absl::ToUnixSeconds(desk.Now()));
  desk.Side("visits", sources.bookings.get(), &BookingsCalls::ListBookings, visits,
            [](pb::HostDesk& page, booking::ListBookingsResponse& found) {
              page.mutable_visits()->Swap(found.mutable_bookings());
            });
  booking::ListAgreementsRequest agreements;
  agreements.set_page_size(kShown);
  agreements.add_states(booking::Agreement::STATE_DRAFT);
  agreements.add_states(booking::Agreement::STATE_SIGNING);
  desk.Side("agreements", sources.agreements.get(), &AgreementsCalls::ListAgreements, agreements,
            [](pb::HostDesk& page, booking::ListAgreementsResponse& found) {
              page.mutable_agreements()->Swap(found.mutable_agreements());
            });
}

void AskForOffers(const PageSources& sources, Desk& desk) {
  catalogue::ListOfferRecordsRequest offers;
  offers.set_parent("companies/-");
  offers.set_page_size(kShown);
  offers.set_view(catalogue::OFFER_RECORD_VIEW_FULL);
  desk.Side("offers", sources.offers.get(), &OffersCalls::ListOfferRecords, offers,
            [](pb::HostDesk& page, catalogue::ListOfferRecordsResponse& found) {
              for (catalogue::OfferRecord& record : *found.mutable_records()) {
                for (const catalogue::Session& session : record.offer().sessions()) {
                  pb::DeskSession* const added = Add(session, page);
                  added->set_title(record.offer().title());
                  added->set_closed(session.closed());
                }
                record.mutable_offer()->clear_sessions();
              }
              page.mutable_offers()->Swap(found.mutable_records());
              page.set_offers_next_page_token(found.next_page_token());
              Arrange(page);
            });
}

void AskForCompanies(const PageSources& sources, const std::vector<std::string>& sirets,
                     Desk& desk) {
  catalogue::BatchGetCompaniesRequest companies;
  catalogue::BatchGetCompanySettingsRequest settings;
  for (const std::string& siret : sirets) {
    companies.add_names(absl::StrCat("companies/", siret));
    settings.add_names(absl::StrCat("companies/", siret, "/settings"));
  }
  desk.Side("companies", sources.catalogue.get(), &CatalogueCalls::BatchGetCompanies, companies,
            [](pb::HostDesk& page, catalogue::BatchGetCompaniesResponse& found) {
              page.mutable_companies()->Swap(found.mutable_companies());
            });
  desk.Side("settings", sources.settings.get(), &SettingsCalls::BatchGetCompanySettings, settings,
            [](pb::HostDesk& page, catalogue::BatchGetCompanySettingsResponse& found) {
              page.mutable_settings()->Swap(found.mutable_settings());
            });
}

void AskForMeetings(const PageSources& sources, const std::string& id, Desk& desk) {
  const std::string name = absl::StrCat("ambassadors/", id);
  ambassador::GetAmbassadorRequest profile;
  profile.set_name(name);
  desk.SideIfAny("ambassador", sources.ambassador.get(), &AmbassadorsCalls::GetAmbassador, profile,
                 [](pb::HostDesk& page, ambassador::Ambassador& found) {
                   page.mutable_ambassador()->Swap(&found);
                 });
  ambassador::ListSessionsRequest meetings;
  meetings.set_parent(name);
  meetings.set_page_size(kMeetings);
  desk.SideIfAny("meetings", sources.ambassador.get(), &AmbassadorsCalls::ListSessions, meetings,
                 [](pb::HostDesk& page, ambassador::ListSessionsResponse& found) {
                   for (const ambassador::Session& session : found.sessions()) Add(session, page);
                   Arrange(page);
                 });
}

}  // namespace

void MakeHostDesk(const PageSources& sources, std::shared_ptr<const rpc::Call> call,
                  const pb::GetHostDeskRequest&, rpc::Done<pb::HostDesk> done) {
  Desk::Make(sources.clock, std::move(call), std::move(done), [&](Desk& desk) {
    const auth::Caller& caller = desk.call().caller;
    AskForBookings(sources, desk);
    if (caller.Is(auth::Role::kHost)) {
      AskForOffers(sources, desk);
      const std::vector<std::string> sirets = CompaniesOf(caller);
      if (!sirets.empty()) AskForCompanies(sources, sirets, desk);
    }
    if (caller.Is(auth::Role::kAmbassador) && !caller.ambassador.empty()) {
      AskForMeetings(sources, caller.ambassador, desk);
    }
  });
}

}  // namespace dm::gateway
