#include "services/ambassador/api/messages.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/ambassador/domain/listing.h"

namespace dm::ambassador {
namespace {

namespace pb = destinationmetier::ambassador::v1;
namespace event = destinationmetier::event::v1;
namespace type = destinationmetier::type::v1;

constexpr absl::string_view kFormatPrefix = "MEETING_FORMAT_";
constexpr absl::string_view kAudiencePrefix = "AUDIENCE_";

type::MeetingFormat ToFormat(const std::string& code) {
  type::MeetingFormat format = type::MEETING_FORMAT_UNSPECIFIED;
  type::MeetingFormat_Parse(absl::StrCat(kFormatPrefix, code), &format);
  return format;
}

type::Audience ToAudience(const std::string& code) {
  type::Audience audience = type::AUDIENCE_UNSPECIFIED;
  type::Audience_Parse(absl::StrCat(kAudiencePrefix, code), &audience);
  return audience;
}

void SetTime(absl::Time time, google::protobuf::Timestamp* message) {
  const int64_t seconds = absl::ToUnixSeconds(time);
  message->set_seconds(seconds);
  message->set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
}

void SetPlace(const Place& place, type::Place* message) {
  message->set_street(place.street);
  message->set_postal_code(place.postal_code);
  message->set_commune(place.commune);
  message->set_commune_code(place.commune_code);
  message->set_department(place.department);
  message->mutable_location()->set_latitude(place.latitude);
  message->mutable_location()->set_longitude(place.longitude);
}

template <typename Field>
std::vector<std::string> ToVector(const Field& field) {
  return {field.begin(), field.end()};
}

}  // namespace

pb::Ambassador ToMessage(const Profile& profile) {
  const Ambassador& ambassador = profile.ambassador;
  pb::Ambassador message;
  message.set_name(ambassador.Name());
  message.set_display_name(ambassador.display_name);
  message.set_job_title(ambassador.job_title);
  message.set_company(ambassador.siret);
  message.set_company_display_name(ambassador.company_display_name);
  for (const std::string& code : ambassador.rome_codes) message.add_professions(code);
  for (const std::string& code : ambassador.sectors) message.add_sectors(code);
  message.set_presentation(ambassador.presentation);
  for (const std::string& code : ambassador.formats) message.add_formats(ToFormat(code));
  for (const std::string& code : ambassador.audiences) message.add_audiences(ToAudience(code));
  SetPlace(ambassador.place, message.mutable_place());
  message.set_demonstration(ambassador.demonstration);
  if (profile.next_session.has_value()) {
    SetTime(*profile.next_session, message.mutable_next_session_time());
  }
  return message;
}

pb::Session ToMessage(const Session& session) {
  pb::Session message;
  message.set_name(session.Name());
  SetTime(session.start_time, message.mutable_start_time());
  SetTime(session.end_time, message.mutable_end_time());
  message.set_capacity(session.capacity);
  message.set_available(session.available());
  message.set_format(ToFormat(session.format));
  if (session.cancel_time.has_value()) {
    SetTime(*session.cancel_time, message.mutable_cancel_time());
  }
  return message;
}

event::SessionScheduled ToMessage(const ScheduledSession& scheduled) {
  const auto& [session, ambassador] = scheduled;
  event::SessionScheduled message;
  message.set_session(session.Name());
  message.set_host(ambassador.Name());
  message.set_version(session.version);
  message.set_title(TitleOfMeeting(ambassador));
  message.set_company_display_name(ambassador.company_display_name);
  message.set_company(ambassador.siret);
  if (!ambassador.rome_codes.empty()) message.set_profession(ambassador.rome_codes.front());
  SetPlace(ambassador.place, message.mutable_place());
  SetTime(session.start_time, message.mutable_start_time());
  SetTime(session.end_time, message.mutable_end_time());
  message.set_capacity(session.capacity);
  message.set_instant_confirmation(session.instant_confirmation);
  message.set_format(ToFormat(session.format));
  for (const std::string& code : ambassador.audiences) message.add_audiences(ToAudience(code));
  message.set_kind(event::SESSION_KIND_MEETING);
  return message;
}

Search ToSearch(const pb::SearchAmbassadorsRequest& request) {
  Search search{.query = request.query(),
                .departments = ToVector(request.departments()),
                .professions = ToVector(request.professions()),
                .sectors = ToVector(request.sectors()),
                .companies = ToVector(request.companies()),
                .page_size = request.page_size()};
  for (const int value : request.formats()) {
    const std::string& name = type::MeetingFormat_Name(static_cast<type::MeetingFormat>(value));
    search.formats.emplace_back(absl::StripPrefix(name, kFormatPrefix));
  }
  if (request.has_lat()) search.latitude = request.lat();
  if (request.has_lon()) search.longitude = request.lon();
  if (request.has_radius_km()) search.radius_km = request.radius_km();
  return search;
}

}  // namespace dm::ambassador
