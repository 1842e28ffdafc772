#include "services/catalogue/api/messages.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/codes/official_codes.h"
#include "services/catalogue/domain/audiences.h"

namespace dm::catalogue {
namespace {

namespace pb = destinationmetier::catalogue::v1;
namespace type = destinationmetier::type::v1;

void Fill(const Place& place, type::Place* message) {
  message->set_street(place.street);
  message->set_postal_code(place.postal_code);
  message->set_commune(place.commune);
  message->set_commune_code(place.commune_code);
  message->set_department(place.department);
  message->mutable_location()->set_latitude(place.latitude);
  message->mutable_location()->set_longitude(place.longitude);
}

void Fill(absl::Time time, google::protobuf::Timestamp* message) {
  message->set_seconds(absl::ToUnixSeconds(time));
  message->set_nanos(static_cast<int32_t>(
      absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(message->seconds()))));
}

void Fill(const std::string& offer_name, const Session& session, pb::Session* message) {
  message->set_name(absl::StrCat(offer_name, "/sessions/", session.id));
  Fill(session.start, message->mutable_start_time());
  Fill(session.end, message->mutable_end_time());
  message->set_capacity(session.capacity);
  message->set_available(session.available);
  if (session.cancel_time.has_value()) Fill(*session.cancel_time, message->mutable_cancel_time());
}

pb::FacetCount Facet(const std::string& value, absl::string_view label, int count) {
  pb::FacetCount facet;
  facet.set_value(value);
  facet.set_display_name(std::string(label));
  facet.set_count(count);
  return facet;
}

}  // namespace

pb::Sector ToSector(const Labelled& sector) {
  pb::Sector message;
  message.set_name(absl::StrCat("sectors/", sector.code));
  message.set_display_name(sector.label);
  return message;
}

pb::Interest ToInterest(const Labelled& interest) {
  pb::Interest message;
  message.set_name(absl::StrCat("interests/", interest.code));
  message.set_display_name(interest.label);
  return message;
}

pb::Profession ToMessage(const Profession& profession) {
  pb::Profession message;
  message.set_name(absl::StrCat("professions/", profession.rome_code));
  message.set_rome_code(profession.rome_code);
  message.set_display_name(profession.title);
  message.set_definition(profession.definition);
  message.set_access(profession.access);
  for (const Labelled& appellation : profession.appellations) {
    pb::Appellation& added = *message.add_appellations();
    added.set_code(appellation.code);
    added.set_display_name(appellation.label);
  }
  for (const Labelled& sector : profession.sectors) *message.add_sectors() = ToSector(sector);
  for (const Labelled& interest : profession.interests) {
    *message.add_interests() = ToInterest(interest);
  }
  message.set_riasec(profession.riasec);
  message.set_obsolete(profession.obsolete);
  return message;
}

pb::Company ToMessage(const Company& company) {
  pb::Company message;
  message.set_name(absl::StrCat("companies/", company.siret));
  message.set_siret(company.siret);
  message.set_display_name(company.display_name);
  message.set_description(company.description);
  message.set_naf_code(company.naf_code);
  for (const Labelled& sector : company.sectors) *message.add_sectors() = ToSector(sector);
  Fill(company.place, message.mutable_place());
  message.set_website_uri(company.website);
  message.set_offer_count(company.offer_count);
  message.set_demonstration(company.demonstration);
  return message;
}

pb::Offer ToMessage(const Offer& offer) {
  pb::Offer message;
  message.set_name(absl::StrCat("offers/", offer.id));
  message.set_company(absl::StrCat("companies/", offer.siret));
  message.set_company_display_name(offer.company_display_name);
  message.set_profession(absl::StrCat("professions/", offer.rome_code));
  message.set_profession_display_name(offer.profession_title);
  message.set_title(offer.title);
  message.set_description(offer.description);
  for (const int audience : offer.audiences) {
    message.add_audiences(static_cast<type::Audience>(audience));
  }
  Fill(offer.place, message.mutable_place());
  for (const Labelled& sector : offer.sectors) *message.add_sectors() = ToSector(sector);
  message.set_accessible(offer.accessible);
  message.set_instant_confirmation(offer.instant_confirmation);
  for (const Session& session : offer.sessions) {
    Fill(message.name(), session, message.add_sessions());
  }
  if (offer.distance_km.has_value()) message.set_distance_km(*offer.distance_km);
  message.set_demonstration(offer.demonstration);
  return message;
}

pb::Session ToMessage(const HostedSession& hosted) {
  pb::Session message;
  Fill(hosted.name.OfferName(), hosted.session, &message);
  return message;
}

pb::FacetCount ToSectorFacet(const ValueCount& count) {
  return Facet(count.value, count.label, count.count);
}

pb::FacetCount ToDepartmentFacet(const ValueCount& count) {
  return Facet(count.value, DepartmentName(count.value), count.count);
}

pb::FacetCount ToAudienceFacet(const ValueCount& count) {
  int number = 0;
  (void)absl::SimpleAtoi(count.value, &number);
  return Facet(type::Audience_Name(static_cast<type::Audience>(number)), AudienceLabel(number),
               count.count);
}

}  // namespace dm::catalogue
