#include "services/gateway/api/public_services.h"

#include "destinationmetier/ambassador/v1/ambassador_service.pb.h"
#include "destinationmetier/ambassador/v1/privacy_service.pb.h"
#include "destinationmetier/booking/v1/agreement_service.pb.h"
#include "destinationmetier/booking/v1/booking_service.pb.h"
#include "destinationmetier/booking/v1/people_service.pb.h"
#include "destinationmetier/booking/v1/privacy_service.pb.h"
#include "destinationmetier/catalogue/v1/catalogue_service.pb.h"
#include "destinationmetier/catalogue/v1/company_settings_service.pb.h"
#include "destinationmetier/catalogue/v1/import_service.pb.h"
#include "destinationmetier/catalogue/v1/moderation_service.pb.h"
#include "destinationmetier/catalogue/v1/offer_exchange_service.pb.h"
#include "destinationmetier/catalogue/v1/offer_service.pb.h"
#include "destinationmetier/catalogue/v1/reference_service.pb.h"
#include "destinationmetier/catalogue/v1/statistics_service.pb.h"
#include "destinationmetier/gateway/v1/gateway_service.pb.h"
#include "destinationmetier/gateway/v1/partner_event_service.pb.h"
#include "destinationmetier/gateway/v1/partner_usage_service.pb.h"
#include "destinationmetier/gateway/v1/rights_service.pb.h"
#include "destinationmetier/notification/v1/contact_service.pb.h"
#include "destinationmetier/notification/v1/mail_choice_service.pb.h"
#include "destinationmetier/notification/v1/webhook_service.pb.h"
#include "destinationmetier/type/v1/file_import.pb.h"

namespace dm::gateway {
namespace {

// Through a message, so that its file is linked in.
template <typename MessageOfTheFile>
PublicEntry Entry(const char* service, Peer peer) {
  return {MessageOfTheFile::descriptor()->file()->FindServiceByName(service), peer};
}

// A file without messages is named.
PublicEntry EntryByName(const char* full_name, Peer peer) {
  return {google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(full_name), peer};
}

}  // namespace

std::vector<PublicEntry> PublicTable() {
  namespace dm = destinationmetier;
  return {
      Entry<dm::catalogue::v1::Offer>("CatalogueService", Peer::kCatalogue),
      Entry<dm::catalogue::v1::CompanySettings>("CompanySettingsService", Peer::kCatalogue),
      Entry<dm::catalogue::v1::OfferReport>("ModerationService", Peer::kCatalogue),
      EntryByName("destinationmetier.catalogue.v1.ImportService", Peer::kCatalogue),
      Entry<dm::catalogue::v1::Commune>("ReferenceService", Peer::kCatalogue),
      Entry<dm::catalogue::v1::OfferRecord>("OfferService", Peer::kCatalogue),
      Entry<dm::catalogue::v1::PartnerOffer>("OfferExchangeService", Peer::kCatalogue),
      Entry<dm::catalogue::v1::StatisticsRow>("StatisticsService", Peer::kCatalogue),
      Entry<dm::ambassador::v1::Ambassador>("AmbassadorService", Peer::kAmbassador),
      Entry<dm::ambassador::v1::Ambassador>("ImportService", Peer::kAmbassador),
      Entry<dm::ambassador::v1::EraseAmbassadorRequest>("PrivacyService", Peer::kAmbassador),
      Entry<dm::booking::v1::Booking>("BookingService", Peer::kBooking),
      Entry<dm::booking::v1::Applicant>("PeopleService", Peer::kBooking),
      Entry<dm::booking::v1::ErasePersonRequest>("PrivacyService", Peer::kBooking),
      Entry<dm::booking::v1::Agreement>("AgreementService", Peer::kBooking),
      Entry<dm::booking::v1::Agreement>("SignatureService", Peer::kBooking),
      EntryByName("destinationmetier.booking.v1.ImportService", Peer::kBooking),
      Entry<dm::notification::v1::Contact>("ContactService", Peer::kNotification),
      Entry<dm::notification::v1::Contact>("ImportService", Peer::kNotification),
      Entry<dm::notification::v1::MailChoice>("MailChoiceService", Peer::kNotification),
      Entry<dm::notification::v1::Webhook>("WebhookService", Peer::kNotification),
      Entry<dm::gateway::v1::OfferPage>("GatewayService", Peer::kGateway),
      Entry<dm::gateway::v1::PartnerEvent>("PartnerEventService", Peer::kGateway),
      Entry<dm::gateway::v1::PartnerUsage>("PartnerUsageService", Peer::kGateway),
      Entry<dm::gateway::v1::PersonalDataArchive>("RightsService", Peer::kRights),
  };
}

}  // namespace dm::gateway
