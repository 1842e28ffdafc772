#include "common/rpc/method_table.h"

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "common/errors/error.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor_database.h>

#include <algorithm>
#include <set>
#include <utility>

namespace dm::rpc {
namespace {

using auth::kStaff;
using auth::Role;
using auth::Roles;

constexpr char kPackages[] = "destinationmetier.";

constexpr Roles kEverybody = {Role::kAnonymous};
constexpr Roles kEveryAccount = {Role::kApplicant,  Role::kGuardian, Role::kHost,
                                 Role::kAmbassador, Role::kAgency,   Role::kPartner,
                                 Role::kOperator};
constexpr Roles kApplicants = {Role::kApplicant};
constexpr Roles kAgencies = {Role::kAgency};
constexpr Roles kApplicantsAndAgencies = {Role::kApplicant, Role::kAgency};
// Who receives an applicant.
constexpr Roles kReceivers = {Role::kHost, Role::kAmbassador};
// The two sides of a booking, and with the agency that looks after it.
constexpr Roles kSides = {Role::kApplicant, Role::kHost, Role::kAmbassador};
constexpr Roles kSidesAndAgencies = {Role::kApplicant, Role::kHost, Role::kAmbassador,
                                     Role::kAgency};
constexpr Roles kCompanies = {Role::kHost, Role::kAgency, Role::kOperator};
constexpr Roles kAmbassadors = {Role::kAmbassador, Role::kAgency, Role::kOperator};
constexpr Roles kWhoErasePeople = {Role::kApplicant, Role::kAgency, Role::kOperator};
constexpr Roles kExportersOfPeople = {Role::kApplicant,  Role::kGuardian, Role::kHost,
                                      Role::kAmbassador, Role::kAgency,   Role::kOperator};
constexpr Roles kExchangers = {Role::kPartner, Role::kAgency, Role::kOperator};

constexpr auto kReads = Repeat::kReads;
constexpr auto kSafely = Repeat::kSafely;

constexpr auto kRead = RateClass::kRead;
constexpr auto kSearch = RateClass::kSearch;
constexpr auto kWrite = RateClass::kWrite;
constexpr auto kExpensive = RateClass::kExpensive;
constexpr auto kStream = RateClass::kStream;
constexpr auto kLink = RateClass::kLink;

constexpr absl::Duration kDefaultTime = Policy().max_time;
// The scope of partners who follow what happens.
constexpr char kFollows[] = "events.read";

struct Line {
  const char* method;
  Roles roles;
  RateClass rate_class;
  Repeat repeat;
  absl::Duration max_time = Policy().max_time;
  const char* partner_scope = "";
};

// The methods of one service, which comes before them.
struct Section {
  const char* service;
  std::vector<Line> lines;
};

std::vector<Section> Sections() {
  return {
      {"ambassador.v1.AmbassadorService",
       {{"SearchAmbassadors", kEverybody, kSearch, kReads},
        {"GetAmbassador", kEverybody, kRead, kReads},
        {"BatchGetAmbassadors", kEverybody, kRead, kReads},
        {"ListSessions", kEverybody, kRead, kReads},
        {"CancelSession", kAmbassadors, kWrite, kSafely}}},
      {"ambassador.v1.PrivacyService",
       {{"EraseAmbassador", kAmbassadors, kExpensive, kSafely},
        {"GetAmbassadorErasure", kAmbassadors, kRead, kReads}}},
      {"ambassador.v1.ImportService",
       {{"ImportFiles", kStaff, kExpensive, kSafely, absl::Minutes(5)}}},
      {"booking.v1.AgreementService",
       {{"CreateAgreement", kSidesAndAgencies, kWrite, kSafely},
        {"GetAgreement", kSidesAndAgencies, kRead, kReads},
        {"ListAgreements", kSidesAndAgencies, kRead, kReads},
        {"UpdateAgreement", kSidesAndAgencies, kWrite, kSafely},
        {"SubmitAgreement", kSidesAndAgencies, kWrite, kSafely},
        {"ResendSignatureLink", kSidesAndAgencies, kLink, kSafely},
        {"RequestSignatureCode", kSides, kLink, kSafely},
        {"SignAgreement", kSides, kLink, kSafely},
        {"RecommendAgreement", kAgencies, kWrite, kSafely},
        {"ReturnAgreement", kAgencies, kWrite, kSafely},
        {"ValidateAgreement", kAgencies, kWrite, kSafely},
        {"RejectAgreement", kAgencies, kWrite, kSafely},
        {"CancelAgreement", kAgencies, kWrite, kSafely},
        {"WriteStayReport", kSides, kWrite, kSafely},
        {"GetAgreementDocument", kSidesAndAgencies, kExpensive, kReads},
        {"ListAgreementHistory", kSidesAndAgencies, kRead, kReads}}},
      {"booking.v1.BookingService",
       {{"CreateBooking", kApplicants, kWrite, kSafely},
        {"GetBooking", kSidesAndAgencies, kRead, kReads},
        {"CheckEligibility", kApplicants, kRead, kReads},
        {"ListBookings", kSidesAndAgencies, kRead, kReads},
        {"AcceptBooking", kReceivers, kWrite, kSafely},
        {"DeclineBooking", kReceivers, kWrite, kSafely},
        {"ConfirmBooking", kApplicants, kWrite, kSafely},
        {"RescheduleBooking", kApplicants, kWrite, kSafely},
        {"RecordAttendance", kSidesAndAgencies, kWrite, kSafely},
        {"LeaveFeedback", kSides, kWrite, kSafely},
        {"ListBookingHistory", kSidesAndAgencies, kRead, kReads},
        {"ListSimilarSessions", kSidesAndAgencies, kRead, kReads},
        {"CancelBooking", kSidesAndAgencies, kWrite, kSafely}}},
      {"booking.v1.ImportService",
       {{"ImportFiles", kStaff, kExpensive, kSafely, absl::Minutes(5)}}},
      {"booking.v1.PeopleService",
       {{"GetApplicant", kApplicantsAndAgencies, kRead, kReads},
        {"UpdateApplicant", kApplicantsAndAgencies, kWrite, kSafely},
        {"GetGuardian", kApplicantsAndAgencies, kRead, kReads},
        {"UpdateGuardian", kApplicantsAndAgencies, kLink, kSafely},
        {"ListConsents", kApplicantsAndAgencies, kRead, kReads},
        {"RecordConsent", kAgencies, kWrite, kSafely},
        {"WithdrawConsent", kAgencies, kWrite, kSafely},
        {"RequestConsent", kApplicants, kLink, kSafely},
        {"LookUpConsentRequest", kEverybody, kLink, kReads},
        {"GiveConsent", kEverybody, kLink, kSafely},
        {"RefuseConsent", kEverybody, kLink, kSafely},
        {"RevokeConsent", kEverybody, kLink, kSafely},
        {"EraseGuardian", kEverybody, kLink, kSafely}}},
      {"booking.v1.PrivacyService",
       {{"ErasePerson", kWhoErasePeople, kExpensive, kSafely},
        {"GetErasure", kWhoErasePeople, kRead, kReads}}},
      {"booking.v1.SignatureService",
       {{"LookUpSignature", kEverybody, kLink, kReads},
        {"GetSignatureDocument", kEverybody, kLink, kReads},
        {"RequestCodeByLink", kEverybody, kLink, kSafely},
        {"SignByLink", kEverybody, kLink, kSafely}}},
      {"catalogue.v1.CatalogueService",
       {{"ListSectors", kEverybody, kRead, kReads},
        {"ListInterests", kEverybody, kRead, kReads},
        {"SearchProfessions", kEverybody, kSearch, kReads},
        {"SuggestProfessions", kEverybody, kSearch, kReads},
        {"GetProfession", kEverybody, kRead, kReads},
        {"SearchCompanies", kEverybody, kSearch, kReads},
        {"GetCompany", kEverybody, kRead, kReads},
        {"BatchGetCompanies", kEverybody, kRead, kReads},
        {"SearchOffers", kEverybody, kSearch, kReads},
        {"GetOffer", kEverybody, kRead, kReads},
        {"BatchGetOffers", kEverybody, kRead, kReads},
        {"CancelSession", kCompanies, kWrite, kSafely}}},
      {"catalogue.v1.CompanySettingsService",
       {{"GetCompanySettings", kCompanies, kRead, kReads},
        {"BatchGetCompanySettings", kCompanies, kRead, kReads},
        {"UpdateCompanySettings", kCompanies, kWrite, kSafely}}},
      {"catalogue.v1.ImportService",
       {{"ImportFiles", kStaff, kExpensive, kSafely, absl::Minutes(10)}}},
      {"catalogue.v1.ModerationService",
       {{"ReportOffer", kEveryAccount, kWrite, kSafely},
        {"ListOfferReports", kStaff, kRead, kReads},
        {"ResolveOfferReport", kStaff, kWrite, kSafely},
        {"BanCompany", kStaff, kWrite, kSafely},
        {"LiftCompanyBan", kStaff, kWrite, kSafely}}},
      {"catalogue.v1.OfferExchangeService",
       {{"ImportOffers", kExchangers, kStream, kSafely, absl::Hours(1), "offers.write"},
        {"ImportOfferBatch", kExchangers, kWrite, kSafely, absl::Minutes(1), "offers.write"},
        {"ExportOffers", kExchangers, kStream, kReads, absl::Hours(1), "offers.read"}}},
      {"catalogue.v1.OfferService",
       {{"CreateOffer", kCompanies, kWrite, kSafely},
        {"GetOfferRecord", kCompanies, kRead, kReads},
        {"ListOfferRecords", kCompanies, kRead, kReads},
        {"UpdateOffer", kCompanies, kWrite, kSafely},
        {"SubmitOffer", kCompanies, kWrite, kSafely},
        {"ApproveOffer", kStaff, kWrite, kSafely},
        {"RejectOffer", kStaff, kWrite, kSafely},
        {"SuspendOffer", kCompanies, kWrite, kSafely},
        {"ResumeOffer", kCompanies, kWrite, kSafely},
        {"ArchiveOffer", kCompanies, kWrite, kSafely},
        {"DuplicateOffer", kCompanies, kWrite, kSafely},
        {"CreateSession", kCompanies, kWrite, kSafely},
        {"UpdateSession", kCompanies, kWrite, kSafely},
        {"ExplainVisibility", kCompanies, kRead, kReads}}},
      {"catalogue.v1.ReferenceService",
       {{"ListCommunes", kEverybody, kRead, kReads},
        {"ListSchools", kEverybody, kRead, kReads},
        {"ListThemes", kEverybody, kRead, kReads},
        {"ListDomains", kEverybody, kRead, kReads},
        {"GetSource", kEverybody, kRead, kReads},
        {"ListSources", kEverybody, kRead, kReads}}},
      {"catalogue.v1.StatisticsService",
       {{"GetStatistics", kEverybody, kSearch, kReads},
        {"ListFrequentSearches", kStaff, kExpensive, kReads}}},
      // Between services; the gateway does not show it.
      {"event.v1.EventFeedService",
       {{"Subscribe", kEverybody, kStream, kReads, absl::InfiniteDuration()},
        {"ReadEvents", kEverybody, kRead, kReads, absl::Seconds(10)}}},
      {"gateway.v1.GatewayService",
       {{"GetHome", kEverybody, kSearch, kReads},
        {"GetOfferPage", kEverybody, kSearch, kReads},
        {"GetProfessionOverview", kEverybody, kSearch, kReads},
        {"GetMySpace", kApplicants, kSearch, kReads},
        {"GetHostDesk", kReceivers, kSearch, kReads},
        {"GetAgencyDesk", kStaff, kSearch, kReads}}},
      {"gateway.v1.RightsService",
       {{"ExportPersonalData", kExportersOfPeople, kExpensive, kReads, absl::Seconds(15)}}},
      {"gateway.v1.PartnerEventService",
       {{"Subscribe", kExchangers, kStream, kReads, absl::Minutes(30), kFollows},
        {"ListEvents", kExchangers, kStream, kReads, absl::Seconds(30), kFollows}}},
      {"gateway.v1.PartnerUsageService", {{"ListPartnerUsage", kExchangers, kRead, kReads}}},
      {"notification.v1.ContactService",
       {{"GetContact", kEveryAccount, kRead, kReads},
        {"UpdateContact", kEveryAccount, kWrite, kSafely}}},
      {"notification.v1.ImportService",
       {{"ImportFiles", kStaff, kExpensive, kSafely, absl::Minutes(10)}}},
      // Between services; the gateway does not show it.
      {"notification.v1.LinkService", {{"SendLink", kEverybody, kLink, kSafely}}},
      {"notification.v1.MailChoiceService",
       {{"LookUpMailChoice", kEverybody, kLink, kReads},
        {"StopMails", kEverybody, kLink, kSafely},
        {"ResumeMails", kEverybody, kLink, kSafely}}},
      {"notification.v1.WebhookService",
       {{"CreateWebhook", kExchangers, kWrite, kSafely, kDefaultTime, kFollows},
        {"GetWebhook", kExchangers, kRead, kReads, kDefaultTime, kFollows},
        {"ListWebhooks", kExchangers, kRead, kReads, kDefaultTime, kFollows},
        {"UpdateWebhook", kExchangers, kWrite, kSafely, kDefaultTime, kFollows},
        {"DeleteWebhook", kExchangers, kWrite, kSafely, kDefaultTime, kFollows},
        {"PauseWebhook", kExchangers, kWrite, kSafely, kDefaultTime, kFollows},
        {"ResumeWebhook", kExchangers, kWrite, kSafely, kDefaultTime, kFollows},
        // Calls out.
        {"TestWebhook", kExchangers, kExpensive, Repeat::kNever, absl::Seconds(10), kFollows},
        {"RotateWebhookSecret", kExchangers, kWrite, kSafely, kDefaultTime, kFollows},
        {"ReplayWebhook", kExchangers, kWrite, kSafely, kDefaultTime, kFollows},
        {"ListWebhookDeliveries", kExchangers, kRead, kReads, kDefaultTime, kFollows}}},
      // Between services; the gateway's RightsService asks all of them.
      {"privacy.v1.PersonalDataService",
       {{"GetPersonalData", kExportersOfPeople, kExpensive, kReads, absl::Seconds(10)}}},
  };
}

std::vector<MethodPolicy> MakeTable() {
  std::vector<MethodPolicy> table;
  for (const Section& section : Sections()) {
    for (const Line& line : section.lines) {
      table.push_back({.path = absl::StrCat("/", kPackages, section.service, "/", line.method),
                       .access = {.roles = line.roles, .max_time = line.max_time},
                       .partner_scope = line.partner_scope,
                       .rate_class = line.rate_class,
                       .repeat = line.repeat});
    }
  }
  std::sort(table.begin(), table.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  return table;
}

// The paths of all methods of the suite's protos that this binary is linked with.
std::set<std::string> LinkedMethods() {
  std::set<std::string> paths;
  std::vector<std::string> files;
  google::protobuf::DescriptorPool::internal_generated_database()->FindAllFileNames(&files);
  for (const std::string& name : files) {
    const auto* file = google::protobuf::DescriptorPool::generated_pool()->FindFileByName(name);
    if (!absl::StartsWith(file->package(), kPackages)) continue;
    for (int s = 0; s < file->service_count(); ++s) {
      const google::protobuf::ServiceDescriptor& service = *file->service(s);
      for (int m = 0; m < service.method_count(); ++m) {
        paths.insert(absl::StrCat("/", service.full_name(), "/", service.method(m)->name()));
      }
    }
  }
  return paths;
}

absl::Status TokenMissing() {
  return MakeError(absl::StatusCode::kUnauthenticated, "this method needs an access token",
                   {.reason = "TOKEN_MISSING",
                    .message_fr = "Connectez-vous pour continuer.",
                    .message_en = "Please sign in to continue."});
}

absl::Status RoleMissing() {
  return MakeError(absl::StatusCode::kPermissionDenied, "no role of the caller may call this",
                   {.reason = "ROLE_MISSING",
                    .message_fr = "Votre compte ne permet pas cette action.",
                    .message_en = "Your account does not allow this."});
}

absl::Status AuthenticationInsufficient(const std::string& acr_values) {
  return MakeError(
      absl::StatusCode::kUnauthenticated, "the caller did not sign in as their role has to",
      {.reason = "AUTHENTICATION_INSUFFICIENT",
       .metadata = {{"acr_values", acr_values}},
       .message_fr = "Pour agir au titre de votre fonction, reconnectez-vous et confirmez votre "
                     "identité par un second moyen (code, téléphone ou clé).",
       .message_en = "To act in your official role, please sign in again and confirm who you are "
                     "by a second means (code, phone or key)."});
}

absl::Status ScopeMissing(const std::string& scope) {
  return MakeError(absl::StatusCode::kPermissionDenied,
                   absl::StrCat("the token lacks the scope ", scope),
                   {.reason = "ROLE_MISSING",
                    .metadata = {{"scope", scope}},
                    .message_fr = "Votre accès ne permet pas cet échange.",
                    .message_en = "Your access does not allow this exchange."});
}

}  // namespace

absl::string_view RateClassName(RateClass rate_class) {
  switch (rate_class) {
    case RateClass::kRead:
      return "READ";
    case RateClass::kSearch:
      return "SEARCH";
    case RateClass::kWrite:
      return "WRITE";
    case RateClass::kExpensive:
      return "EXPENSIVE";
    case RateClass::kStream:
      return "STREAM";
    case RateClass::kLink:
      return "LINK";
  }
  return "";
}

const std::vector<MethodPolicy>& MethodTable() {
  static const auto* const kTable = new std::vector<MethodPolicy>(MakeTable());
  return *kTable;
}

const MethodPolicy* FindMethod(absl::string_view path) {
  static const auto* const kByPath = [] {
    auto* by_path = new absl::flat_hash_map<std::string, const MethodPolicy*>;
    for (const MethodPolicy& method : MethodTable()) by_path->emplace(method.path, &method);
    return by_path;
  }();
  const auto found = kByPath->find(path);
  return found == kByPath->end() ? nullptr : found->second;
}

absl::Status CheckMethodTable() {
  std::set<std::string> unlisted = LinkedMethods();
  std::vector<std::string> unknown;
  for (const MethodPolicy& method : MethodTable()) {
    if (unlisted.erase(method.path) == 0) unknown.push_back(method.path);
  }
  if (unlisted.empty() && unknown.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("the method table lacks [", absl::StrJoin(unlisted, ", "),
                   "] and has, twice or without a method, [", absl::StrJoin(unknown, ", "), "]"));
}

absl::Status CheckRoles(const auth::Roles& admitted, const auth::Caller& caller) {
  if (caller.roles.Intersects(admitted)) return absl::OkStatus();
  if (caller.withheld.Intersects(admitted)) return AuthenticationInsufficient(caller.acr_values);
  return caller.subject.empty() ? TokenMissing() : RoleMissing();
}

absl::Status CheckAccess(const MethodPolicy& method, const auth::Caller& caller) {
  const absl::Status roles = CheckRoles(method.access.roles, caller);
  if (!roles.ok() || method.partner_scope.empty()) return roles;
  // Who is admitted by another role than the partner's needs no scope.
  auth::Roles others = method.access.roles;
  others.Remove(Role::kPartner);
  if (caller.roles.Intersects(others)) return absl::OkStatus();
  const auto& scopes = caller.scopes;
  const bool has = std::find(scopes.begin(), scopes.end(), method.partner_scope) != scopes.end();
  if (has) return absl::OkStatus();
  return caller.withheld.Intersects(others) ? AuthenticationInsufficient(caller.acr_values)
                                            : ScopeMissing(method.partner_scope);
}

}  // namespace dm::rpc
