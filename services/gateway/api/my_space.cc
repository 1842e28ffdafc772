#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "services/gateway/api/gathering.h"
#include "services/gateway/api/page_makers.h"

#include <set>
#include <string>

namespace dm::gateway {
namespace {

namespace ambassador = destinationmetier::ambassador::v1;
namespace booking = destinationmetier::booking::v1;
namespace catalogue = destinationmetier::catalogue::v1;
namespace notification = destinationmetier::notification::v1;
namespace pb = destinationmetier::gateway::v1;
using Space = Gathering<pb::MySpace>;

constexpr char kMe[] = "people/me";
constexpr int kBookings = 50;
constexpr int kPapers = 20;

// "offers/1" of "offers/1/sessions/2".
std::string OfferingOf(absl::string_view session) {
  return std::string(session.substr(0, session.find("/sessions/")));
}

// What is booked, each thing by one call for all bookings.
void AskForBooked(const PageSources& sources, const booking::ListBookingsResponse& bookings,
                  Space& space) {
  std::set<std::string> offers, ambassadors;
  for (const booking::Booking& one : bookings.bookings()) {
    std::string offering = OfferingOf(one.session());
    (absl::StartsWith(offering, "offers/") ? offers : ambassadors).insert(std::move(offering));
  }
  if (!offers.empty()) {
    catalogue::BatchGetOffersRequest wanted;
    wanted.mutable_names()->Assign(offers.begin(), offers.end());
    space.Side("offers", sources.catalogue.get(), &CatalogueCalls::BatchGetOffers, wanted,
               [](pb::MySpace& page, catalogue::BatchGetOffersResponse& found) {
                 page.mutable_offers()->Swap(found.mutable_offers());
               });
  }
  if (!ambassadors.empty()) {
    ambassador::BatchGetAmbassadorsRequest wanted;
    wanted.mutable_names()->Assign(ambassadors.begin(), ambassadors.end());
    space.Side("ambassadors", sources.ambassador.get(), &AmbassadorsCalls::BatchGetAmbassadors,
               wanted, [](pb::MySpace& page, ambassador::BatchGetAmbassadorsResponse& found) {
                 page.mutable_ambassadors()->Swap(found.mutable_ambassadors());
               });
  }
}

void AskForBookings(const PageSources& sources, Space& space) {
  booking::ListBookingsRequest wanted;
  // Who has another role too would see more.
  wanted.set_applicant(space.call().caller.PersonName());
  wanted.set_page_size(kBookings);
  space.Main(sources.bookings.get(), &BookingsCalls::ListBookings, wanted,
             [&sources, &space](booking::ListBookingsResponse& found) {
               AskForBooked(sources, found, space);
               space.Fill([&](pb::MySpace& page) {
                 for (const booking::Booking& one : found.bookings()) {
                   if (one.state() == booking::Booking::STATE_PENDING_CONSENT) {
                     page.add_consents_awaited(one.name());
                   }
                 }
                 page.mutable_bookings()->Swap(found.mutable_bookings());
                 page.set_bookings_next_page_token(found.next_page_token());
               });
             });
}

void AskWhoTheyAre(const PageSources& sources, Space& space) {
  booking::GetApplicantRequest applicant;
  applicant.set_name(absl::StrCat(kMe, "/applicant"));
  space.SideIfAny(
      "applicant", sources.people.get(), &PeopleCalls::GetApplicant, applicant,
      [](pb::MySpace& page, booking::Applicant& found) { page.mutable_applicant()->Swap(&found); });
  booking::GetGuardianRequest guardian;
  guardian.set_name(absl::StrCat(kMe, "/guardian"));
  space.SideIfAny(
      "guardian", sources.people.get(), &PeopleCalls::GetGuardian, guardian,
      [](pb::MySpace& page, booking::Guardian& found) { page.mutable_guardian()->Swap(&found); });
  notification::GetContactRequest contact;
  contact.set_name(absl::StrCat(kMe, "/contact"));
  space.SideIfAny("contact", sources.contacts.get(), &ContactsCalls::GetContact, contact,
                  [](pb::MySpace& page, notification::Contact& found) {
                    page.mutable_contact()->Swap(&found);
                  });
}

void AskForPapers(const PageSources& sources, Space& space) {
  booking::ListConsentsRequest consents;
  consents.set_parent(kMe);
  consents.set_page_size(kPapers);
  space.SideIfAny("consents", sources.people.get(), &PeopleCalls::ListConsents, consents,
                  [](pb::MySpace& page, booking::ListConsentsResponse& found) {
                    page.mutable_consents()->Swap(found.mutable_consents());
                  });
  booking::ListAgreementsRequest agreements;
  agreements.set_page_size(kPapers);
  space.Side("agreements", sources.agreements.get(), &AgreementsCalls::ListAgreements, agreements,
             [](pb::MySpace& page, booking::ListAgreementsResponse& found) {
               page.mutable_agreements()->Swap(found.mutable_agreements());
             });
}

}  // namespace

void MakeMySpace(const PageSources& sources, std::shared_ptr<const rpc::Call> call,
                 const pb::GetMySpaceRequest&, rpc::Done<pb::MySpace> done) {
  Space::Make(sources.clock, std::move(call), std::move(done), [&](Space& space) {
    AskForBookings(sources, space);
    AskWhoTheyAre(sources, space);
    AskForPapers(sources, space);
  });
}

}  // namespace dm::gateway
