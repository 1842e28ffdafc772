#include "services/notification/domain/calendar.h"

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libical/ical.h>

#include <memory>

namespace dm::notification {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Freed {
  void operator()(icalcomponent* component) const { icalcomponent_free(component); }
};
using Component = std::unique_ptr<icalcomponent, Freed>;

CalendarEntry Entry() {
  return {.booking_id = "01940000-0000-7000-8000-0000000000b1",
          .sequence = 3,
          .start_time = absl::FromCivil(absl::CivilSecond(2026, 12, 7, 8), absl::UTCTimeZone()),
          .end_time = absl::FromCivil(absl::CivilSecond(2026, 12, 9, 16), absl::UTCTimeZone()),
          .stamp = absl::FromCivil(absl::CivilSecond(2026, 11, 24, 2, 30), absl::UTCTimeZone()),
          .summary =
              "Découvrir le métier d'ostéopathe ; soins, écoute, gestes\\et rigueur, de "
              "l'accueil des personnes à la séance",
          .location = "Cabinet Légèreté, 3 rue de l'Église, 61100 Flers",
          .url = "http://127.0.0.1:8080/?booking=01940000-0000-7000-8000-0000000000b1",
          .organizer = "ne-pas-repondre@destinationmetier.example"};
}

TEST(RenderCalendarTest, ComesBackAsItWasMeant) {
  const CalendarEntry entry = Entry();
  const Component calendar(icalparser_parse_string(RenderCalendar(entry).c_str()));
  ASSERT_NE(calendar, nullptr);
  EXPECT_EQ(icalcomponent_get_method(calendar.get()), ICAL_METHOD_PUBLISH);
  icalcomponent* event = icalcomponent_get_first_component(calendar.get(), ICAL_VEVENT_COMPONENT);
  ASSERT_NE(event, nullptr);
  EXPECT_STREQ(icalcomponent_get_uid(event),
               "01940000-0000-7000-8000-0000000000b1@destinationmetier.example");
  EXPECT_EQ(icalcomponent_get_sequence(event), 3);
  EXPECT_EQ(icalcomponent_get_status(event), ICAL_STATUS_CONFIRMED);
  EXPECT_EQ(icalcomponent_get_summary(event), entry.summary);
  EXPECT_EQ(icalcomponent_get_location(event), entry.location);
  EXPECT_TRUE(icaltime_is_utc(icalcomponent_get_dtstart(event)));
  EXPECT_EQ(icaltime_as_timet(icalcomponent_get_dtstart(event)), absl::ToTimeT(entry.start_time));
  EXPECT_EQ(icaltime_as_timet(icalcomponent_get_dtend(event)), absl::ToTimeT(entry.end_time));
  EXPECT_EQ(icaltime_as_timet(icalcomponent_get_dtstamp(event)), absl::ToTimeT(entry.stamp));
  EXPECT_EQ(icalcomponent_count_errors(calendar.get()), 0);
}

TEST(RenderCalendarTest, IsWrittenAsRfc5545Says) {
  const std::string text = RenderCalendar(Entry());
  EXPECT_THAT(text, HasSubstr("DTSTART:20261207T080000Z\r\n"));
  EXPECT_THAT(text, HasSubstr("DTEND:20261209T160000Z\r\n"));
  EXPECT_TRUE(absl::EndsWith(text, "END:VCALENDAR\r\n"));
  for (absl::string_view line : absl::StrSplit(text, "\r\n")) {
    EXPECT_LE(line.size(), 75) << line;
    EXPECT_THAT(std::string(line), Not(HasSubstr("\n")));
    // A folded line may not begin in the middle of a character.
    EXPECT_NE(static_cast<unsigned char>(line.empty() ? 0 : line.back()) & 0xc0, 0xc0) << line;
  }
}

TEST(RenderCalendarTest, ACancellationTakesTheSameEntryOut) {
  CalendarEntry entry = Entry();
  entry.cancelled = true;
  entry.sequence = 4;
  const Component calendar(icalparser_parse_string(RenderCalendar(entry).c_str()));
  EXPECT_EQ(icalcomponent_get_method(calendar.get()), ICAL_METHOD_CANCEL);
  icalcomponent* event = icalcomponent_get_first_component(calendar.get(), ICAL_VEVENT_COMPONENT);
  EXPECT_EQ(icalcomponent_get_status(event), ICAL_STATUS_CANCELLED);
  EXPECT_EQ(icalcomponent_get_sequence(event), 4);
  EXPECT_STREQ(icalcomponent_get_uid(event),
               "01940000-0000-7000-8000-0000000000b1@destinationmetier.example");
  EXPECT_EQ(CalendarMethod(true), "CANCEL");
  EXPECT_EQ(CalendarMethod(false), "PUBLISH");
}

TEST(RenderCalendarTest, TheSameEntryGivesTheSameBytes) {
  EXPECT_EQ(RenderCalendar(Entry()), RenderCalendar(Entry()));
}

TEST(RenderCalendarTest, AValueCannotAddALine) {
  CalendarEntry entry = Entry();
  entry.summary = "Visite\r\nATTENDEE:mailto:x@x.example\nSTATUS:CANCELLED";
  const Component calendar(icalparser_parse_string(RenderCalendar(entry).c_str()));
  icalcomponent* event = icalcomponent_get_first_component(calendar.get(), ICAL_VEVENT_COMPONENT);
  EXPECT_EQ(icalcomponent_get_first_property(event, ICAL_ATTENDEE_PROPERTY), nullptr);
  EXPECT_EQ(icalcomponent_count_properties(event, ICAL_STATUS_PROPERTY), 1);
}

}  // namespace
}  // namespace dm::notification
