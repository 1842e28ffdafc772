#include "tests/unit/booking_rules/eligibility_cases.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/codes/official_codes.h"
#include "common/time/clock.h"

#include <fstream>
#include <map>
#include <stdexcept>
#include <utility>

namespace dm::booking {
namespace {

constexpr char kUsualProfession[] = "D1102";
constexpr char kUsualSubmission[] = "2026-09-15";

const std::map<std::string, Scheme>& Schemes() {
  static const auto* const schemes =
      new std::map<std::string, Scheme>{{"CCI", Scheme::kMiniStageCci},
                                        {"CMA", Scheme::kMiniStageCma},
                                        {"AGRI", Scheme::kMiniStageAgriculture},
                                        {"SCHOOL", Scheme::kSchoolObservation},
                                        {"ADULT", Scheme::kAdultImmersion},
                                        {"VISIT", Scheme::kInformationVisit},
                                        {"MEETING", Scheme::kMeeting}};
  return *schemes;
}

const std::map<std::string, Level>& Levels() {
  static const auto* const levels = new std::map<std::string, Level>{
      {"4E", Level::kQuatrieme}, {"3E", Level::kTroisieme},    {"2DE", Level::kSeconde},
      {"LYCEE", Level::kLycee},  {"STUDENT", Level::kStudent}, {"APPRENTICE", Level::kApprentice},
      {"ADULT", Level::kAdult}};
  return *levels;
}

// What the rules of a scheme begin with.
std::string FamilyOf(Scheme scheme) {
  switch (scheme) {
    case Scheme::kMiniStageCci:
    case Scheme::kMiniStageCma:
    case Scheme::kMiniStageAgriculture:
      return "mini-stage.";
    case Scheme::kSchoolObservation:
      return "school-observation.";
    case Scheme::kAdultImmersion:
      return "adult-immersion.";
    case Scheme::kInformationVisit:
      return "information-visit.";
    case Scheme::kMeeting:
      return "meeting.";
  }
  return "";
}

// A mistake in the table ends the reading of it: tests may throw.
[[noreturn]] void Fail(const std::string& what) { throw std::invalid_argument(what); }

std::vector<std::string> Parts(absl::string_view text, char separator) {
  std::vector<std::string> parts;
  for (const absl::string_view part : absl::StrSplit(text, separator)) {
    parts.emplace_back(absl::StripAsciiWhitespace(part));
  }
  return parts;
}

absl::CivilDay Day(const std::string& text) {
  const absl::StatusOr<absl::CivilDay> day = ParseCivilDay(text);
  if (!day.ok()) Fail(absl::StrCat("no day: ", text));
  return *day;
}

int Number(absl::string_view text) {
  int number = 0;
  if (!absl::SimpleAtoi(text, &number)) Fail(absl::StrCat("no number: ", text));
  return number;
}

int MinuteOfDay(absl::string_view text) {
  const std::vector<std::string> parts = Parts(text, ':');
  if (parts.size() != 2) Fail(absl::StrCat("no time of day: ", text));
  return Number(parts[0]) * 60 + Number(parts[1]);
}

absl::Time Instant(const std::string& text) {
  absl::Time time;
  std::string error;
  const char* const format = absl::StrContains(text, 'T') ? "%Y-%m-%d%ET%H:%M" : "%Y-%m-%d";
  if (!absl::ParseTime(format, text, ParisTimeZone(), &time, &error)) {
    Fail(absl::StrCat("no instant: ", text));
  }
  return time;
}

// "2026-10-19+5 09:00-17:00/60", or "A > B".
std::vector<PresenceDay> DaysOf(const std::string& text) {
  if (absl::StrContains(text, '>')) {
    const std::vector<std::string> ends = Parts(text, '>');
    return PresenceDaysOf(Instant(ends[0]), Instant(ends[1]));
  }
  const std::vector<std::string> words = absl::StrSplit(text, ' ', absl::SkipEmpty());
  if (words.size() != 2) Fail(absl::StrCat("no days with hours: ", text));
  const std::vector<std::string> count = Parts(words[0], '+');
  const std::vector<std::string> hours = Parts(words[1], '/');
  const std::vector<std::string> ends = Parts(hours[0], '-');
  if (count.size() != 2 || ends.size() != 2) Fail(absl::StrCat("no days with hours: ", text));
  std::vector<PresenceDay> days;
  for (int i = 0; i < Number(count[1]); ++i) {
    days.push_back({.day = Day(count[0]) + i,
                    .start_minute = MinuteOfDay(ends[0]),
                    .end_minute = MinuteOfDay(ends[1]),
                    .break_minutes = hours.size() > 1 ? Number(hours[1]) : 0});
  }
  return days;
}

// Days of several parts, and the profession if there is one at the end.
std::pair<std::vector<PresenceDay>, std::string> StayOf(std::string text) {
  std::string profession = kUsualProfession;
  const size_t space = text.rfind(' ');
  if (space != std::string::npos && IsRomeCode(text.substr(space + 1))) {
    profession = text.substr(space + 1);
    text = text.substr(0, space);
  }
  std::vector<PresenceDay> days;
  for (const std::string& part : Parts(text, ',')) {
    for (const PresenceDay& day : DaysOf(part)) days.push_back(day);
  }
  return {days, profession};
}

Scheme SchemeOf(const std::string& word) {
  const auto scheme = Schemes().find(word);
  if (scheme == Schemes().end()) Fail(absl::StrCat("no scheme: ", word));
  return scheme->second;
}

// "CMA D1101 2026-10-19+2 09:00-17:00/60"
PriorStay PriorOf(const std::string& text) {
  std::vector<std::string> words = absl::StrSplit(text, absl::MaxSplits(' ', 1));
  if (words.size() != 2) Fail(absl::StrCat("no other stay: ", text));
  PriorStay prior = {.scheme = SchemeOf(words[0])};
  std::string rest = words[1];
  const std::string first_word = rest.substr(0, rest.find(' '));
  if (IsRomeCode(first_word))
    rest = absl::StrCat(rest.substr(first_word.size() + 1), " ", first_word);
  std::tie(prior.days, prior.profession) = StayOf(rest);
  prior.first_day = prior.days.front().day;
  return prior;
}

void ReadApplicant(const std::string& text, EligibilityQuestion* question) {
  question->applicant.department = "61";
  question->guardian_known = true;
  for (const std::string& word : Parts(text, ' ')) {
    const auto level = Levels().find(word);
    if (level != Levels().end()) {
      question->applicant.level = level->second;
    } else if (word == "alone") {
      question->guardian_known = false;
    } else if (word == "priority") {
      question->applicant.priority_area = true;
    } else if (IsUai(word)) {
      question->applicant.school_uai = word;
    } else if (IsDepartment(word)) {
      question->applicant.department = word;
    } else {
      Fail(absl::StrCat("nobody: ", word));
    }
  }
}

// "CCI quota:3/5", "VISIT schools:0610021S,0140004D", "CCI priority": the scheme, and what the host
// asks: the requests that it got of those that it takes, whom the session is kept for.
void ReadSchemeAndTerms(const std::string& text, EligibilityQuestion* question) {
  const std::vector<std::string> words = Parts(text, ' ');
  question->stay.scheme = SchemeOf(words[0]);
  HostTerms& terms = question->host_terms;
  for (size_t i = 1; i < words.size(); ++i) {
    const std::vector<std::string> parts = Parts(words[i], ':');
    if (parts[0] == "priority") {
      terms.priority_areas_only = true;
    } else if (parts[0] == "schools" && parts.size() == 2) {
      terms.reserved_schools = Parts(parts[1], ',');
    } else if (parts[0] == "quota" && parts.size() == 2) {
      const std::vector<std::string> numbers = Parts(parts[1], '/');
      terms.requests = Number(numbers.front());
      terms.monthly_quota = Number(numbers.back());
    } else {
      Fail(absl::StrCat("nothing that a host asks: ", words[i]));
    }
  }
}

EligibilityCase CaseOf(const std::vector<std::string>& cells) {
  if (cells.size() != 9) Fail(absl::StrCat(cells.size(), " cells instead of 9"));
  EligibilityCase one;
  one.name = cells[0];
  EligibilityQuestion& question = one.question;
  ReadSchemeAndTerms(cells[1], &question);
  ReadApplicant(cells[2], &question);
  question.applicant.birth_date = Day(cells[3]);
  question.submitted = Instant(cells[4] == "-" ? kUsualSubmission : cells[4]);
  std::tie(question.stay.days, question.stay.profession) = StayOf(cells[5]);
  if (cells[6] != "-") {
    for (const std::string& prior : Parts(cells[6], ';')) question.prior.push_back(PriorOf(prior));
  }
  if (cells[7] != "yes" && cells[7] != "no") Fail(absl::StrCat("no verdict: ", cells[7]));
  one.allowed = cells[7] == "yes";
  for (const std::string& rule : Parts(cells[8], ',')) {
    one.rules.push_back(absl::StartsWith(rule, "host.")
                            ? rule
                            : absl::StrCat(FamilyOf(question.stay.scheme), rule));
  }
  return one;
}

SchoolHoliday HolidayOf(const std::vector<std::string>& cells) {
  if (cells.size() != 5) Fail(absl::StrCat(cells.size(), " cells instead of 5"));
  return {.zone = cells[1],
          .name = cells[2],
          .population = "-",
          .first_day = Day(cells[3]),
          .last_day = Day(cells[4])};
}

}  // namespace

void PrintTo(const EligibilityCase& one, std::ostream* out) {
  *out << "line " << one.line << ": " << one.name;
}

EligibilityTable ReadEligibilityTable(const std::string& path) {
  EligibilityTable table;
  std::vector<SchoolHoliday> holidays;
  std::ifstream file(path);
  int number = 0;
  try {
    if (!file) Fail(absl::StrCat("cannot read ", path));
    for (std::string line; std::getline(file, line);) {
      ++number;
      if (line.empty() || line[0] == '#') continue;
      const std::vector<std::string> cells = Parts(line, '|');
      if (cells[0] == "calendar") {
        holidays.push_back(HolidayOf(cells));
        continue;
      }
      table.cases.push_back(CaseOf(cells));
      table.cases.back().line = number;
    }
  } catch (const std::exception& mistake) {
    table.mistake = absl::StrCat("line ", number, ": ", mistake.what());
  }
  table.calendar = SchoolCalendar(holidays);
  return table;
}

}  // namespace dm::booking
