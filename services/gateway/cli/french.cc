#include "services/gateway/cli/french.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "common/time/clock.h"

#include <algorithm>

namespace dm::gateway::cli {
namespace {

using destinationmetier::booking::v1::Booking;
namespace catalogue = destinationmetier::catalogue::v1;
namespace type = destinationmetier::type::v1;

const char* DayText(absl::Weekday day) {
  switch (day) {
    case absl::Weekday::monday:
      return "lun.";
    case absl::Weekday::tuesday:
      return "mar.";
    case absl::Weekday::wednesday:
      return "mer.";
    case absl::Weekday::thursday:
      return "jeu.";
    case absl::Weekday::friday:
      return "ven.";
    case absl::Weekday::saturday:
      return "sam.";
    case absl::Weekday::sunday:
      return "dim.";
  }
  return "";
}

const char* AudienceText(int audience) {
  switch (audience) {
    case type::AUDIENCE_QUATRIEME:
      return "4e";
    case type::AUDIENCE_TROISIEME:
      return "3e";
    case type::AUDIENCE_SECONDE:
      return "2de";
    case type::AUDIENCE_LYCEE:
      return "lycée";
    case type::AUDIENCE_STUDENT:
      return "études";
    case type::AUDIENCE_APPRENTICE:
      return "apprentissage";
    case type::AUDIENCE_ADULT:
      return "adultes";
    default:
      return "autre";
  }
}

}  // namespace

std::string TimeText(const google::protobuf::Timestamp& time) {
  const absl::Time instant = absl::FromUnixSeconds(time.seconds());
  const absl::CivilSecond civil = absl::ToCivilSecond(instant, ParisTimeZone());
  return absl::StrCat(DayText(absl::GetWeekday(civil)), " ",
                      absl::FormatTime("%d/%m/%Y %H:%M", instant, ParisTimeZone()));
}

std::string DateText(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%d/%m/%Y", absl::FromUnixSeconds(time.seconds()), ParisTimeZone());
}

std::string PlaceText(const type::Place& place) {
  if (place.commune().empty()) return place.department();
  return absl::StrCat(
      place.postal_code(), place.postal_code().empty() ? "" : " ", place.commune(),
      place.department().empty() ? "" : absl::StrCat(" (", place.department(), ")"));
}

std::string StateText(Booking::State state) {
  switch (state) {
    case Booking::STATE_WAITLISTED:
      return "en liste d'attente";
    case Booking::STATE_OFFERED:
      return "place proposée";
    case Booking::STATE_PENDING_CONSENT:
      return "attend l'accord d'un parent";
    case Booking::STATE_PENDING_HOST:
      return "attend une réponse";
    case Booking::STATE_CONFIRMED:
      return "confirmée";
    case Booking::STATE_COMPLETED:
      return "faite";
    case Booking::STATE_NO_SHOW:
      return "absence";
    case Booking::STATE_DECLINED:
      return "refusée";
    case Booking::STATE_CANCELLED:
      return "annulée";
    case Booking::STATE_EXPIRED:
      return "expirée";
    default:
      return "inconnu";
  }
}

std::string OfferStateText(catalogue::Offer::State state) {
  switch (state) {
    case catalogue::Offer::STATE_DRAFT:
      return "brouillon";
    case catalogue::Offer::STATE_SUBMITTED:
      return "attend l'agence";
    case catalogue::Offer::STATE_PUBLISHED:
      return "publiée";
    case catalogue::Offer::STATE_SUSPENDED:
      return "suspendue";
    case catalogue::Offer::STATE_ARCHIVED:
      return "archivée";
    default:
      return "inconnu";
  }
}

std::string AudiencesText(const google::protobuf::RepeatedField<int>& audiences) {
  return absl::StrJoin(audiences, ", ", [](std::string* out, int audience) {
    absl::StrAppend(out, AudienceText(audience));
  });
}

std::string FormatText(type::MeetingFormat format) {
  switch (format) {
    case type::MEETING_FORMAT_ON_SITE:
      return "sur place";
    case type::MEETING_FORMAT_PHONE:
      return "par téléphone";
    case type::MEETING_FORMAT_VIDEO:
      return "en visio";
    default:
      return "";
  }
}

size_t LengthOf(absl::string_view text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<uint8_t>(c) & 0xC0) != 0x80; }));
}

std::string OneLine(absl::string_view text) {
  std::string line(text);
  for (char& c : line) {
    if (static_cast<uint8_t>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  // The second half of the control characters, U+0080 to U+009F, of which U+009B begins a sequence
  // that terminals obey.
  for (size_t i = 0; i + 1 < line.size(); ++i) {
    if (line[i] == '\xC2' && static_cast<uint8_t>(line[i + 1]) < 0xA0) line[i] = line[i + 1] = ' ';
  }
  return line;
}

void Table::Add(std::vector<std::string> row) {
  for (std::string& cell : row) cell = OneLine(cell);
  rows_.push_back(std::move(row));
}

void Table::Write(std::ostream& out) const {
  std::vector<size_t> widths;
  for (const auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], LengthOf(row[i]));
  }
  for (const auto& row : rows_) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      const size_t missing = widths[i] - LengthOf(row[i]);
      if (i > 0) line.append(2, ' ');
      if (i >= numbers_) line.append(missing, ' ');
      absl::StrAppend(&line, row[i]);
      if (i < numbers_ && i + 1 < row.size()) line.append(missing, ' ');
    }
    out << line << "\n";
  }
}

}  // namespace dm::gateway::cli
