#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "destinationmetier/ambassador/v1/ambassador_service.grpc.pb.h"
#include "destinationmetier/booking/v1/booking_service.grpc.pb.h"
#include "destinationmetier/catalogue/v1/catalogue_service.grpc.pb.h"
#include "destinationmetier/catalogue/v1/company_settings_service.grpc.pb.h"
#include "destinationmetier/gateway/v1/gateway_service.grpc.pb.h"
#include "destinationmetier/notification/v1/contact_service.grpc.pb.h"
#include "services/gateway/cli/booking_text.h"
#include "services/gateway/cli/commands.h"
#include "services/gateway/cli/french.h"
#include "services/gateway/cli/moderation_text.h"

#include <string>

namespace dm::gateway::cli {
namespace {

namespace ambassador = destinationmetier::ambassador::v1;
namespace booking = destinationmetier::booking::v1;
namespace catalogue = destinationmetier::catalogue::v1;
namespace notification = destinationmetier::notification::v1;
namespace pb = destinationmetier::gateway::v1;

// A part that could not be fetched is not a part that is empty.
template <typename Page>
void WriteMissing(Session& session, const Page& page) {
  if (page.missing().empty()) return;
  session.Warn(absl::StrCat("momentanément indisponible : ", absl::StrJoin(page.missing(), ", ")));
}

int ShowOffer(const std::string& name, Session& session) {
  pb::GetOfferPageRequest request;
  request.set_name(name);
  pb::OfferPage page;
  const auto stub = pb::GatewayService::NewStub(session.channel());
  if (const int code =
          session.Call([&](auto* context) { return stub->GetOfferPage(context, request, &page); });
      code != kDone) {
    return code;
  }
  if (session.json()) return session.WriteJson(page);
  const catalogue::Offer& offer = page.offer();
  session.out() << offer.title() << "\n";
  session.WriteLine("entreprise", offer.company_display_name());
  session.WriteLine("métier", offer.profession_display_name());
  session.WriteLine("lieu", PlaceText(offer.place()));
  session.WriteLine("public", AudiencesText(offer.audiences()));
  session.WriteLine("accessible", offer.accessible() ? "oui" : "non");
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
  if (const int code = session.Call(
          [&](auto* context) { return stub->GetProfessionOverview(context, request, &page); });
      code != kDone) {
    return code;
  }
  if (session.json()) return session.WriteJson(page);
  const catalogue::Profession& profession = page.profession();
  session.out() << profession.rome_code() << " " << profession.display_name() << "\n\n"
                << profession.definition() << "\n\n";
  session.WriteLine("comment y arriver", profession.access());
  session.WriteLine("profil RIASEC", profession.riasec());
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
  if (const int code =
          session.Call([&](auto* context) { return stub->GetCompany(context, request, &company); });
      code != kDone) {
    return code;
  }
  if (session.json()) return session.WriteJson(company);
  session.out() << company.display_name() << "\n";
  session.WriteLine("SIRET", company.siret());
  session.WriteLine("NAF", company.naf_code());
  session.WriteLine("lieu", PlaceText(company.place()));
  session.WriteLine("site", company.website_uri());
  session.WriteLine("offres", absl::StrCat(company.offer_count()));
  session.out() << "\n" << company.description() << "\n";
  return kDone;
}

int ShowSettings(const std::string& name, Session& session) {
  catalogue::GetCompanySettingsRequest request;
  request.set_name(name);
  catalogue::CompanySettings settings;
  const auto stub = catalogue::CompanySettingsService::NewStub(session.channel());
  if (const int code = session.Call(
          [&](auto* context) { return stub->GetCompanySettings(context, request, &settings); });
      code != kDone) {
    return code;
  }
  if (session.json()) return session.WriteJson(settings);
  const int quota = settings.monthly_request_quota();
  session.WriteLine("demandes ce mois-ci",
                    absl::StrCat(settings.requests_this_month(),
                                 quota == 0 ? " (sans limite)" : absl::StrCat(" sur ", quota)));
  for (const auto& site : settings.sites()) {
    session.WriteLine("lieu", absl::StrCat(site.display_name(), ", ", PlaceText(site.place()), " (",
                                           site.name(), ")"));
  }
  if (settings.has_closed_time()) {
    session.WriteLine("fermée selon le registre depuis le", DateText(settings.closed_time()));
  }
  if (settings.has_ban()) WriteBan(settings.ban(), session);
  session.WriteLine("etag", settings.etag());
  return kDone;
}

int ShowAmbassador(const std::string& name, Session& session) {
  ambassador::GetAmbassadorRequest request;
  request.set_name(name);
  ambassador::Ambassador person;
  const auto stub = ambassador::AmbassadorService::NewStub(session.channel());
  if (const int code = session.Call(
          [&](auto* context) { return stub->GetAmbassador(context, request, &person); });
      code != kDone) {
    return code;
  }
  if (session.json()) return session.WriteJson(person);
  session.out() << person.display_name() << "\n";
  session.WriteLine("métier", person.job_title());
  session.WriteLine("entreprise", person.company_display_name());
  session.WriteLine("lieu", PlaceText(person.place()));
  session.WriteLine("public", AudiencesText(person.audiences()));
  if (person.has_next_session_time()) {
    session.WriteLine("prochaine rencontre", TimeText(person.next_session_time()));
  }
  session.out() << "\n" << person.presentation() << "\n";
  return kDone;
}

int ShowBooking(const std::string& name, Session& session) {
  booking::GetBookingRequest request;
  request.set_name(name);
  booking::Booking found;
  const auto stub = booking::BookingService::NewStub(session.channel());
  if (const int code =
          session.Call([&](auto* context) { return stub->GetBooking(context, request, &found); });
      code != kDone) {
    return code;
  }
  return WriteBooking(found, session);
}

int ShowContact(const std::string& name, Session& session) {
  notification::GetContactRequest request;
  request.set_name(name);
  notification::Contact contact;
  const auto stub = notification::ContactService::NewStub(session.channel());
  if (const int code =
          session.Call([&](auto* context) { return stub->GetContact(context, request, &contact); });
      code != kDone) {
    return code;
  }
  return WriteContact(contact, session);
}

}  // namespace

int Show(const CommandLine& line, Session& session) {
  const std::string& name = line.words[0];
  if (absl::EndsWith(name, "/contact")) return ShowContact(name, session);
  if (absl::StartsWith(name, "offers/")) return ShowOffer(name, session);
  if (absl::StartsWith(name, "professions/")) return ShowProfession(name, line, session);
  if (absl::EndsWith(name, "/settings")) return ShowSettings(name, session);
  if (absl::StartsWith(name, "companies/")) return ShowCompany(name, session);
  if (absl::StartsWith(name, "ambassadors/")) return ShowAmbassador(name, session);
  if (absl::StartsWith(name, "bookings/")) return ShowBooking(name, session);
  return session.Misuse(absl::StrCat(
      "« ", name, " » n'est pas un nom entier comme professions/D1102, offers/…, bookings/…"));
}

}  // namespace dm::gateway::cli
