#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "destinationmetier/ambassador/v1/ambassador_service.grpc.pb.h"
#include "destinationmetier/booking/v1/booking_service.grpc.pb.h"
#include "destinationmetier/catalogue/v1/catalogue_service.grpc.pb.h"
#include "destinationmetier/gateway/v1/gateway_service.grpc.pb.h"
#include "destinationmetier/notification/v1/contact_service.grpc.pb.h"
#include "services/gateway/cli/booking_text.h"
#include "services/gateway/cli/commands.h"
#include "services/gateway/cli/french.h"

#include <string>

namespace dm::gateway::cli {
namespace {

namespace ambassador = destinationmetier::ambassador::v1;
namespace booking = destinationmetier::booking::v1;
namespace catalogue = destinationmetier::catalogue::v1;
namespace notification = destinationmetier::notification::v1;
namespace pb = destinationmetier::gateway::v1;

void WriteLine(Session& session, const std::string& label, const std::string& value) {
  if (!value.empty()) session.out() << label << " : " << value << "\n";
}

// A part that could not be fetched is not a part that is empty.
template <typename Page>
void WriteMissing(Session& session, const Page& page) {
  if (page.missing().empty()) return;
  session.err() << "attention : momentanément indisponible : "
                << absl::StrJoin(page.missing(), ", ") << "\n";
}

int ShowOffer(const std::string& name, Session& session) {
  pb::GetOfferPageRequest request;
  request.set_name(name);
  pb::OfferPage page;
  const auto stub = pb::GatewayService::NewStub(session.channel());
  if (!session.Call([&](auto* context) { return stub->GetOfferPage(context, request, &page); })) {
    return kRefused;
  }
  if (session.json()) return session.WriteJson(page);
  const catalogue::Offer& offer = page.offer();
  session.out() << offer.title() << "\n";
  WriteLine(session, "entreprise", offer.company_display_name());
  WriteLine(session, "métier", offer.profession_display_name());
  WriteLine(session, "lieu", PlaceText(offer.place()));
  WriteLine(session, "public", AudiencesText(offer.audiences()));
  WriteLine(session, "accessible", offer.accessible() ? "oui" : "non");
  session.out() << "\n" << offer.description() << "\n\n";
  Table table({"début", "fin", "places", "session"});
  for (const auto& run : offer.sessions()) {
    table.Add({TimeText(run.start_time()), TimeText(run.end_time()),
               absl::StrCat(run.available(), "/", run.capacity()), run.name()});
  }
  table.Write(session.out());
  for (const auto& person : page.ambassadors()) {
    session.out() << "à rencontrer : " << person.display_name() << ", " << person.job_title()
                  << " (" << person.name() << ")\n";
  }
  WriteMissing(session, page);
  return kDone;
}

int ShowProfession(const std::string& name, const CommandLine& line, Session& session) {
  pb::GetProfessionOverviewRequest request;
  request.set_name(name);
  for (const std::string& department : line.Values("department")) {
    request.add_departments(department);
  }
  pb::ProfessionOverview page;
  const auto stub = pb::GatewayService::NewStub(session.channel());
  if (!session.Call(
          [&](auto* context) { return stub->GetProfessionOverview(context, request, &page); })) {
    return kRefused;
  }
  if (session.json()) return session.WriteJson(page);
  const catalogue::Profession& profession = page.profession();
  session.out() << profession.rome_code() << " " << profession.display_name() << "\n\n"
                << profession.definition() << "\n\n";
  WriteLine(session, "comment y arriver", profession.access());
  WriteLine(session, "profil RIASEC", profession.riasec());
  for (const auto& offer : page.offers()) {
    session.out() << "mini-stage : " << offer.title() << ", " << offer.company_display_name()
                  << " (" << offer.name() << ")\n";
  }
  for (const auto& person : page.ambassadors()) {
    session.out() << "à rencontrer : " << person.display_name() << ", " << person.job_title()
                  << " (" << person.name() << ")\n";
  }
  WriteMissing(session, page);
  return kDone;
}

int ShowCompany(const std::string& name, Session& session) {
  catalogue::GetCompanyRequest request;
  request.set_name(name);
  catalogue::Company company;
  const auto stub = catalogue::CatalogueService::NewStub(session.channel());
  if (!session.Call([&](auto* context) { return stub->GetCompany(context, request, &company); })) {
    return kRefused;
  }
  if (session.json()) return session.WriteJson(company);
  session.out() << company.display_name() << "\n";
  WriteLine(session, "SIRET", company.siret());
  WriteLine(session, "NAF", company.naf_code());
  WriteLine(session, "lieu", PlaceText(company.place()));
  WriteLine(session, "site", company.website_uri());
  WriteLine(session, "offres", absl::StrCat(company.offer_count()));
  session.out() << "\n" << company.description() << "\n";
  return kDone;
}

int ShowAmbassador(const std::string& name, Session& session) {
  ambassador::GetAmbassadorRequest request;
  request.set_name(name);
  ambassador::Ambassador person;
  const auto stub = ambassador::AmbassadorService::NewStub(session.channel());
  if (!session.Call(
          [&](auto* context) { return stub->GetAmbassador(context, request, &person); })) {
    return kRefused;
  }
  if (session.json()) return session.WriteJson(person);
  session.out() << person.display_name() << "\n";
  WriteLine(session, "métier", person.job_title());
  WriteLine(session, "entreprise", person.company_display_name());
  WriteLine(session, "lieu", PlaceText(person.place()));
  WriteLine(session, "public", AudiencesText(person.audiences()));
  if (person.has_next_session_time()) {
    WriteLine(session, "prochaine rencontre", TimeText(person.next_session_time()));
  }
  session.out() << "\n" << person.presentation() << "\n";
  return kDone;
}

int ShowBooking(const std::string& name, Session& session) {
  booking::GetBookingRequest request;
  request.set_name(name);
  booking::Booking found;
  const auto stub = booking::BookingService::NewStub(session.channel());
  if (!session.Call([&](auto* context) { return stub->GetBooking(context, request, &found); })) {
    return kRefused;
  }
  return WriteBooking(found, session);
}

int ShowContact(const std::string& name, Session& session) {
  notification::GetContactRequest request;
  request.set_name(name);
  notification::Contact contact;
  const auto stub = notification::ContactService::NewStub(session.channel());
  if (!session.Call([&](auto* context) { return stub->GetContact(context, request, &contact); })) {
    return kRefused;
  }
  return WriteContact(contact, session);
}

}  // namespace

int Show(const CommandLine& line, Session& session) {
  if (line.words.size() != 1) return session.Misuse("show attend un nom, par exemple offers/…");
  const std::string& name = line.words[0];
  if (absl::EndsWith(name, "/contact")) return ShowContact(name, session);
  if (absl::StartsWith(name, "offers/")) return ShowOffer(name, session);
  if (absl::StartsWith(name, "professions/")) return ShowProfession(name, line, session);
  if (absl::StartsWith(name, "companies/")) return ShowCompany(name, session);
  if (absl::StartsWith(name, "ambassadors/")) return ShowAmbassador(name, session);
  if (absl::StartsWith(name, "bookings/")) return ShowBooking(name, session);
  return session.Misuse(absl::StrCat(
      "« ", name, " » n'est pas un nom entier comme professions/D1102, offers/…, bookings/…"));
}

}  // namespace dm::gateway::cli
