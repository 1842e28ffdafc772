#include "services/booking/rules/rule_files.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "common/time/clock.h"
#include "destinationmetier/booking/rules/v1/rule_file.pb.h"
#include "services/booking/domain/rule_checks.h"
#include "services/booking/rules/embedded.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <utility>

namespace dm::booking {
namespace {

namespace pb = destinationmetier::booking::rules::v1;
namespace type = destinationmetier::type::v1;
namespace fs = std::filesystem;

using google::protobuf::TextFormat;

constexpr char kExtension[] = ".textproto";

// Where a rule, a scheme's terms or an académie stands.
struct Place {
  std::string file;
  int line = 0;
};

absl::Status Refused(const Place& place, absl::string_view cause) {
  return absl::InvalidArgumentError(absl::StrCat(place.file, ":", place.line, ": ", cause));
}

// Keeps the first error of a parser.
class FirstError final : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, google::protobuf::io::ColumnNumber /*column*/,
                const std::string& message) override {
    if (message_.empty()) {
      line_ = line + 1;
      message_ = message;
    }
  }
  int line() const { return line_; }
  const std::string& message() const { return message_; }

 private:
  int line_ = 0;
  std::string message_;
};

// Turns one message into the domain's words, and remembers the first thing that cannot be.
class Converter {
 public:
  const std::string& mistake() const { return mistake_; }

  SchemeTerms operator()(const pb::SchemeTerms& message) {
    return {.scheme = OfScheme(message.scheme()),
            .agreement_needed = message.agreement_needed(),
            .retention_days = message.retention_days(),
            .sources = Sources(message.sources())};
  }

  Rule operator()(const pb::Rule& message) {
    Rule rule = {.id = message.id()};
    for (const int scheme : message.schemes()) rule.schemes.push_back(OfScheme(scheme));
    for (const pb::Version& version : message.versions()) rule.versions.push_back(Version(version));
    return rule;
  }

  Academy operator()(const pb::Academy& message) const {
    return {.name = message.name(),
            .zone = message.zone(),
            .departments = {message.departments().begin(), message.departments().end()}};
  }

 private:
  void Fail(std::string mistake) {
    if (mistake_.empty()) mistake_ = std::move(mistake);
  }

  RuleVersion Version(const pb::Version& message) {
    RuleVersion version = {.version = message.version(),
                           .from = Day(message.from(), "from"),
                           .sources = Sources(message.sources()),
                           .sentences = {.satisfied = message.satisfied(),
                                         .broken = message.broken(),
                                         .unknown = message.unknown()}};
    if (!message.until().empty()) version.until = Day(message.until(), "until");
    for (const pb::Clause& clause : message.clauses()) version.clauses.push_back(Clause(clause));
    return version;
  }

  RuleClause Clause(const pb::Clause& message) {
    RuleClause clause = {.levels = Levels(message.levels()), .demand = OfDemand(message)};
    if (message.has_from_age()) clause.from_age = message.from_age();
    if (message.has_below_age()) clause.below_age = message.below_age();
    return clause;
  }

  Demand OfDemand(const pb::Clause& clause) {
    switch (clause.demand_case()) {
      case pb::Clause::kLevelsAdmitted:
        return LevelsAdmitted{Levels(clause.levels_admitted().levels())};
      case pb::Clause::kMinimumAge:
        return MinimumAge{clause.minimum_age().years()};
      case pb::Clause::kPresenceSpan:
        return PresenceSpan{clause.presence_span().most_days(),
                            clause.presence_span().most_calendar_days(),
                            clause.presence_span().most_months()};
      case pb::Clause::kDailyHours:
        return DailyHours{Minutes(clause.daily_hours().most(), "most")};
      case pb::Clause::kWeeklyHours:
        return WeeklyHours{Minutes(clause.weekly_hours().most(), "most")};
      case pb::Clause::kNoSunday:
        return NoSunday{};
      case pb::Clause::kNoPublicHoliday:
        return NoPublicHoliday{};
      case pb::Clause::kInSchoolHolidays:
        return InSchoolHolidays{};
      case pb::Clause::kOutsideSchoolHolidays:
        return OutsideSchoolHolidays{};
      case pb::Clause::kShareOfHoliday:
        return ShareOfHoliday{clause.share_of_holiday().most_percent()};
      case pb::Clause::kDailyRest:
        return DailyRest{Minutes(clause.daily_rest().least(), "least")};
      case pb::Clause::kDailyBreak:
        return DailyBreak{Minutes(clause.daily_break().after(), "after"),
                          Minutes(clause.daily_break().least(), "least")};
      case pb::Clause::kHoursOfDay:
        return HoursOfDay{Minutes(clause.hours_of_day().from(), "from"),
                          Minutes(clause.hours_of_day().until(), "until")};
      case pb::Clause::kWeeklyRest:
        return WeeklyRest{clause.weekly_rest().least_days()};
      case pb::Clause::kWithinHostQuota:
        return WithinHostQuota{};
      case pb::Clause::kOfReservedSchools:
        return OfReservedSchools{};
      case pb::Clause::kFromPriorityArea:
        return FromPriorityArea{};
      case pb::Clause::kGuardianKnown:
        return GuardianKnown{};
      case pb::Clause::kOtherProfession:
        return OtherProfession{Year(clause.other_profession().year())};
      case pb::Clause::DEMAND_NOT_SET:
        break;
    }
    Fail("a clause demands nothing");
    return NoSunday{};
  }

  OtherProfession::Year Year(pb::OtherProfession::Year year) {
    if (year == pb::OtherProfession::YEAR_SCHOOL) return OtherProfession::Year::kSchool;
    if (year != pb::OtherProfession::YEAR_CALENDAR)
      Fail("other_profession does not say which year");
    return OtherProfession::Year::kCalendar;
  }

  Scheme OfScheme(int number) {
    const std::string name = type::Scheme_Name(number);
    const std::optional<Scheme> scheme = ParseScheme(absl::StripPrefix(name, "SCHEME_"));
    if (!scheme.has_value()) Fail("a scheme is not stated");
    return scheme.value_or(Scheme::kMeeting);
  }

  std::vector<Level> Levels(const google::protobuf::RepeatedField<int>& numbers) {
    std::vector<Level> levels;
    for (const int number : numbers) {
      const std::string name = type::Audience_Name(number);
      const std::optional<Level> level = ParseLevel(absl::StripPrefix(name, "AUDIENCE_"));
      if (!level.has_value()) Fail("a level is not stated");
      levels.push_back(level.value_or(Level::kAdult));
    }
    return levels;
  }

  std::vector<RuleSource> Sources(const google::protobuf::RepeatedPtrField<pb::Source>& messages) {
    std::vector<RuleSource> sources;
    for (const pb::Source& source : messages) {
      sources.push_back({source.text(), Day(source.date(), "the date of a source")});
    }
    return sources;
  }

  absl::CivilDay Day(const std::string& text, absl::string_view what) {
    const absl::StatusOr<absl::CivilDay> day = ParseCivilDay(text);
    if (!day.ok()) Fail(absl::StrCat(what, " is not a date: \"", text, "\""));
    return day.value_or(absl::CivilDay());
  }

  int Minutes(const std::string& text, absl::string_view what) {
    absl::Duration duration;
    const bool is_duration = absl::ParseDuration(text, &duration);
    const bool fits = is_duration && duration >= absl::ZeroDuration() &&
                      duration <= absl::Hours(7 * 24) &&
                      absl::Trunc(duration, absl::Minutes(1)) == duration;
    if (!fits) {
      Fail(absl::StrCat(what, " is not a duration of whole minutes: \"", text, "\""));
      return 0;
    }
    return static_cast<int>(absl::ToInt64Minutes(duration));
  }

  std::string mistake_;
};

// Gathers the rules of all files.
class RuleSetReader {
 public:
  absl::Status Read(const RuleFile& file) {
    pb::RuleFile message;
    TextFormat::ParseInfoTree lines;
    FirstError error;
    TextFormat::Parser parser;
    parser.RecordErrorsTo(&error);
    parser.WriteLocationsTo(&lines);
    if (!parser.ParseFromString(file.text, &message)) {
      return Refused({file.name, error.line()}, error.message());
    }
    absl::Status status = Add(message.schemes(), "schemes", file, lines, &set_.schemes);
    if (status.ok()) status = Add(message.rules(), "rules", file, lines, &set_.rules);
    if (status.ok()) status = Add(message.academies(), "academies", file, lines, &set_.academies);
    return status;
  }

  absl::StatusOr<RuleBook> Make() {
    const RuleMistake mistake = MistakeIn(set_);
    if (mistake.cause.empty()) return RuleBook::Make(std::move(set_));
    const auto place = places_.find(mistake.about);
    const std::string cause = absl::StrCat(mistake.about, ": ", mistake.cause);
    // What is missing stands nowhere.
    if (place == places_.end()) return absl::InvalidArgumentError(absl::StrCat("rules: ", cause));
    return Refused(place->second, cause);
  }

 private:
  static std::string NameOf(const SchemeTerms& terms) {
    return std::string(SchemeName(terms.scheme));
  }
  static std::string NameOf(const Rule& rule) { return rule.id; }
  static std::string NameOf(const Academy& academy) { return academy.name; }

  template <typename Messages, typename Part>
  absl::Status Add(const Messages& messages, const char* field, const RuleFile& file,
                   const TextFormat::ParseInfoTree& lines, std::vector<Part>* parts) {
    const auto* const descriptor = pb::RuleFile::descriptor()->FindFieldByName(field);
    for (int i = 0; i < messages.size(); ++i) {
      const Place place = {file.name, lines.GetLocation(descriptor, i).line + 1};
      Converter converter;
      Part part = converter(messages[i]);
      if (!converter.mistake().empty()) {
        return Refused(place, absl::StrCat(NameOf(part), ": ", converter.mistake()));
      }
      const RuleMistake mistake = MistakeIn(part);
      if (!mistake.cause.empty()) {
        return Refused(place, absl::StrCat(mistake.about, ": ", mistake.cause));
      }
      places_[NameOf(part)] = place;
      parts->push_back(std::move(part));
    }
    return absl::OkStatus();
  }

  RuleSet set_;
  // By the name in a RuleMistake; of two of the same name, the later.
  std::map<std::string, Place> places_;
};

}  // namespace

std::vector<RuleFile> EmbeddedRuleFiles() {
  std::vector<RuleFile> files;
  for (size_t i = 0; i < kRuleFileCount; ++i) {
    files.push_back({absl::StrCat(kRuleFiles[i].name, kExtension), kRuleFiles[i].text});
  }
  return files;
}

absl::StatusOr<std::vector<RuleFile>> ReadRuleFolder(const std::string& folder) {
  std::vector<RuleFile> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() != kExtension) continue;
    std::ifstream stream(entry.path(), std::ios::binary);
    std::stringstream text;
    text << stream.rdbuf();
    if (!stream) {
      return absl::FailedPreconditionError(
          absl::StrCat("cannot read the rules in ", entry.path().string()));
    }
    files.push_back({entry.path().filename().string(), text.str()});
  }
  if (files.empty()) {
    return absl::FailedPreconditionError(absl::StrCat("there are no rule files in ", folder));
  }
  std::sort(files.begin(), files.end(),
            [](const RuleFile& a, const RuleFile& b) { return a.name < b.name; });
  return files;
}

absl::StatusOr<RuleBook> ParseRuleFiles(const std::vector<RuleFile>& files) {
  RuleSetReader reader;
  for (const RuleFile& file : files) {
    if (absl::Status status = reader.Read(file); !status.ok()) return status;
  }
  return reader.Make();
}

absl::StatusOr<std::shared_ptr<const RuleBook>> LoadRuleBook(const std::string& folder) {
  absl::StatusOr<std::vector<RuleFile>> files =
      folder.empty() ? EmbeddedRuleFiles() : ReadRuleFolder(folder);
  if (!files.ok()) return files.status();
  absl::StatusOr<RuleBook> rules = ParseRuleFiles(*files);
  if (!rules.ok()) return rules.status();
  return std::make_shared<const RuleBook>(*std::move(rules));
}

}  // namespace dm::booking
