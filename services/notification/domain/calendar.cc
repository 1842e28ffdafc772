#include "services/notification/domain/calendar.h"

#include "absl/strings/str_cat.h"
#include "services/notification/domain/mail.h"

#include <libical/ical.h>

#include <memory>

namespace dm::notification {
namespace {

icaltimetype InUtc(absl::Time time) {
  return icaltime_from_timet_with_zone(absl::ToTimeT(time), 0, icaltimezone_get_utc_timezone());
}

icalcomponent* NewEvent(const CalendarEntry& entry) {
  icalcomponent* event = icalcomponent_new(ICAL_VEVENT_COMPONENT);
  const auto add = [event](icalproperty* property) { icalcomponent_add_property(event, property); };
  add(icalproperty_new_uid(absl::StrCat(entry.booking_id, "@", kMailDomain).c_str()));
  add(icalproperty_new_dtstamp(InUtc(entry.stamp)));
  add(icalproperty_new_sequence(static_cast<int>(entry.sequence)));
  add(icalproperty_new_status(entry.cancelled ? ICAL_STATUS_CANCELLED : ICAL_STATUS_CONFIRMED));
  add(icalproperty_new_dtstart(InUtc(entry.start_time)));
  add(icalproperty_new_dtend(InUtc(entry.end_time)));
  add(icalproperty_new_summary(entry.summary.c_str()));
  add(icalproperty_new_location(entry.location.c_str()));
  add(icalproperty_new_url(entry.url.c_str()));
  add(icalproperty_new_organizer(absl::StrCat("mailto:", entry.organizer).c_str()));
  return event;
}

struct Freed {
  void operator()(icalcomponent* component) const { icalcomponent_free(component); }
  void operator()(char* text) const { icalmemory_free_buffer(text); }
};

}  // namespace

std::string CalendarMethod(bool cancelled) { return cancelled ? "CANCEL" : "PUBLISH"; }

std::string RenderCalendar(const CalendarEntry& entry) {
  const std::unique_ptr<icalcomponent, Freed> calendar(icalcomponent_new(ICAL_VCALENDAR_COMPONENT));
  const auto add = [&](icalproperty* property) {
    icalcomponent_add_property(calendar.get(), property);
  };
  add(icalproperty_new_version("2.0"));
  add(icalproperty_new_prodid("-//Destination Metier//Reservations//FR"));
  add(icalproperty_new_method(entry.cancelled ? ICAL_METHOD_CANCEL : ICAL_METHOD_PUBLISH));
  icalcomponent_add_component(calendar.get(), NewEvent(entry));
  const std::unique_ptr<char, Freed> text(icalcomponent_as_ical_string_r(calendar.get()));
  return text.get();
}

}  // namespace dm::notification
