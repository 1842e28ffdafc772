#include "services/catalogue/api/offer_messages.h"

#include "absl/strings/str_cat.h"
#include "services/catalogue/api/place_messages.h"
#include "services/catalogue/api/profession_messages.h"
#include "services/catalogue/domain/offer_rules.h"

namespace dm::catalogue {
namespace {

namespace pb = destinationmetier::catalogue::v1;
namespace type = destinationmetier::type::v1;

void FillTerms(const Offer& offer, pb::Offer* message) {
  if (!offer.appellation.empty()) {
    message->set_appellation(absl::StrCat("appellations/", offer.appellation));
  }
  message->set_accessible(offer.accessibility == Accessibility::kFull);
  message->set_accessibility(static_cast<pb::Accessibility>(offer.accessibility));
  message->set_work_mode(static_cast<pb::WorkMode>(offer.work_mode));
  for (const std::string& language : offer.languages) message->add_languages(language);
  for (const DayHours& hours : offer.hours) {
    pb::DayHours& added = *message->add_hours();
    added.set_day(static_cast<pb::Day>(hours.day));
    added.set_start(ClockText(hours.start));
    added.set_end(ClockText(hours.end));
    added.set_break_minutes(hours.break_minutes);
  }
  message->set_supervision(offer.supervision);
  message->set_to_bring(offer.to_bring);
  for (const std::string& uai : offer.reserved_schools) message->add_reserved_schools(uai);
  message->set_priority_areas_only(offer.priority_areas_only);
  if (!offer.site.empty()) {
    message->set_site(absl::StrCat(message->company(), "/sites/", offer.site));
  }
  message->set_state(static_cast<pb::Offer::State>(offer.state));
}

}  // namespace

pb::Offer ToMessage(const Offer& offer) {
  pb::Offer message;
  message.set_name(absl::StrCat("offers/", offer.id));
  message.set_company(absl::StrCat("companies/", offer.siret));
  message.set_company_display_name(offer.company_display_name);
  if (!offer.rome_code.empty()) {
    message.set_profession(absl::StrCat("professions/", offer.rome_code));
  }
  message.set_profession_display_name(offer.profession_title);
  message.set_title(offer.title);
  message.set_description(offer.description);
  for (const int audience : offer.audiences) {
    message.add_audiences(static_cast<type::Audience>(audience));
  }
  Fill(offer.place, message.mutable_place());
  for (const Labelled& sector : offer.sectors) *message.add_sectors() = ToSector(sector);
  FillTerms(offer, &message);
  message.set_instant_confirmation(offer.instant_confirmation);
  for (const Session& session : offer.sessions) {
    *message.add_sessions() = ToMessage(message.name(), session);
  }
  if (offer.distance_km.has_value()) message.set_distance_km(*offer.distance_km);
  message.set_demonstration(offer.demonstration);
  return message;
}

pb::Session ToMessage(const std::string& offer_name, const Session& session) {
  pb::Session message;
  message.set_name(absl::StrCat(offer_name, "/sessions/", session.id));
  Fill(session.start, message.mutable_start_time());
  Fill(session.end, message.mutable_end_time());
  message.set_capacity(session.capacity);
  message.set_available(session.available);
  if (session.cancel_time.has_value()) Fill(*session.cancel_time, message.mutable_cancel_time());
  message.set_closed(session.closed);
  if (session.version > 0) message.set_etag(EtagOf(session.version));
  return message;
}

pb::Session ToMessage(const HostedSession& hosted) {
  return ToMessage(hosted.name.OfferName(), hosted.session);
}

}  // namespace dm::catalogue
