#include "services/booking/domain/rule_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "common/time/french_date.h"
#include "services/booking/domain/public_holidays.h"

#include <array>

namespace dm::booking {
namespace {

constexpr std::array<absl::string_view, 4> kWords = {"value", "limit", "age", "day"};

absl::string_view FrenchLevel(Level level) {
  switch (level) {
    case Level::kQuatrieme:
      return "4e";
    case Level::kTroisieme:
      return "3e";
    case Level::kSeconde:
      return "2de";
    case Level::kLycee:
      return "lycée";
    case Level::kStudent:
      return "études supérieures";
    case Level::kApprentice:
      return "recherche d'apprentissage";
    case Level::kAdult:
      return "adulte";
  }
  return "";
}

std::string Plural(int count, absl::string_view one, absl::string_view more) {
  return absl::StrCat(count, " ", count < 2 ? one : more);
}

std::string FrenchYears(int years) { return Plural(years, "an", "ans"); }

std::string FrenchDays(int days) { return Plural(days, "jour", "jours"); }

// "9 h", "13 h 30".
std::string TimeOfDay(int minute) {
  if (minute % 60 == 0) return absl::StrCat(minute / 60, " h");
  return absl::StrCat(minute / 60, " h ", absl::Dec(minute % 60, absl::kZeroPad2));
}

std::string FromTo(int from_minute, int until_minute) {
  return absl::StrCat("de ", TimeOfDay(from_minute), " à ", TimeOfDay(until_minute));
}

// "zone B", or the name of what is a zone of its own.
std::string FrenchZone(const StayFacts& facts) {
  if (!facts.zone.has_value()) return "zone inconnue";
  return facts.zone->size() == 1 ? absl::StrCat("zone ", *facts.zone) : *facts.zone;
}

// "vacances scolaires (zone B)" or what else is known of the day.
std::string HolidayText(const Measured& measured, const StayFacts& facts) {
  if (measured.verdict == Verdict::kUnknown) return "calendrier inconnu";
  const SchoolHoliday* const holiday =
      facts.zone.has_value() ? facts.calendar->HolidayOn(*facts.zone, facts.level, measured.day)
                             : nullptr;
  return absl::StrCat(FrenchDay(measured.day), " : ",
                      holiday != nullptr ? holiday->name : "hors vacances scolaires", " (",
                      FrenchZone(facts), ")");
}

class ValueWriter {
 public:
  ValueWriter(const Measured& measured, const StayFacts& facts)
      : measured_(measured), facts_(facts) {}

  std::string operator()(const LevelsAdmitted&) const {
    return std::string(FrenchLevel(facts_.level));
  }
  std::string operator()(const MinimumAge&) const { return FrenchYears(measured_.found); }
  std::string operator()(const PresenceSpan&) const {
    return absl::StrCat(FrenchDays(measured_.found), " de présence sur ",
                        FrenchDays(measured_.found_too));
  }
  std::string operator()(const DailyHours&) const { return FrenchMinutes(measured_.found); }
  std::string operator()(const WeeklyHours&) const { return FrenchMinutes(measured_.found); }
  std::string operator()(const NoSunday&) const {
    return IsSatisfied() ? "aucun dimanche" : FrenchDay(measured_.day);
  }
  std::string operator()(const NoPublicHoliday&) const {
    if (IsSatisfied()) return "aucun jour férié";
    return absl::StrCat(FrenchDay(measured_.day), " (",
                        PublicHolidayOn(measured_.day).value_or("jour férié"), ")");
  }
  std::string operator()(const InSchoolHolidays&) const { return HolidayText(measured_, facts_); }
  std::string operator()(const OutsideSchoolHolidays&) const {
    return HolidayText(measured_, facts_);
  }
  std::string operator()(const ShareOfHoliday&) const {
    if (measured_.found_too == 0) return "aucun jour de vacances";
    return absl::StrCat(FrenchDays(measured_.found), " sur ", measured_.found_too);
  }
  std::string operator()(const DailyRest&) const { return FrenchMinutes(measured_.found); }
  std::string operator()(const DailyBreak&) const { return FrenchMinutes(measured_.found); }
  std::string operator()(const HoursOfDay&) const {
    return FromTo(measured_.found, measured_.found_too);
  }
  std::string operator()(const WeeklyRest&) const { return FrenchDays(measured_.found); }
  std::string operator()(const GuardianKnown&) const {
    return IsSatisfied() ? "responsable légal connu" : "aucun responsable légal";
  }
  std::string operator()(const OtherProfession&) const {
    if (IsSatisfied()) return "autre métier";
    return absl::StrCat("même métier le ", FrenchDay(measured_.day));
  }
  std::string operator()(const WithinHostQuota&) const {
    return Plural(measured_.found, "demande", "demandes");
  }
  std::string operator()(const OfReservedSchools&) const {
    if (IsSatisfied()) return "votre établissement";
    return facts_.school_uai.empty() ? "aucun établissement" : "un autre établissement";
  }
  std::string operator()(const FromPriorityArea&) const {
    return IsSatisfied() ? "quartier prioritaire" : "hors quartier prioritaire";
  }

 private:
  bool IsSatisfied() const { return measured_.verdict == Verdict::kSatisfied; }

  const Measured& measured_;
  const StayFacts& facts_;
};

class LimitWriter {
 public:
  LimitWriter(const Measured& measured, const StayFacts& facts)
      : measured_(measured), facts_(facts) {}

  std::string operator()(const LevelsAdmitted& demand) const {
    return absl::StrJoin(demand.levels, ", ", [](std::string* out, Level level) {
      absl::StrAppend(out, FrenchLevel(level));
    });
  }
  std::string operator()(const MinimumAge& demand) const { return FrenchYears(demand.years); }
  std::string operator()(const PresenceSpan& demand) const {
    std::string text;
    if (demand.most_days > 0) text = absl::StrCat(FrenchDays(demand.most_days), " de présence");
    if (demand.most_calendar_days > 0) {
      absl::StrAppend(&text, " sur ", FrenchDays(demand.most_calendar_days));
    }
    if (demand.most_months > 0) absl::StrAppend(&text, " sur ", demand.most_months, " mois");
    return std::string(absl::StripPrefix(text, " sur "));
  }
  std::string operator()(const DailyHours& demand) const {
    return FrenchMinutes(demand.most_minutes);
  }
  std::string operator()(const WeeklyHours& demand) const {
    return FrenchMinutes(demand.most_minutes);
  }
  std::string operator()(const NoSunday&) const { return "aucun dimanche"; }
  std::string operator()(const NoPublicHoliday&) const { return "aucun jour férié"; }
  std::string operator()(const InSchoolHolidays&) const {
    return absl::StrCat("vacances scolaires (", FrenchZone(facts_), ")");
  }
  std::string operator()(const OutsideSchoolHolidays&) const {
    return absl::StrCat("hors vacances scolaires (", FrenchZone(facts_), ")");
  }
  std::string operator()(const ShareOfHoliday& demand) const {
    if (measured_.found_too == 0) return absl::StrCat(demand.most_percent, " % des vacances");
    return absl::StrCat(FrenchDays(measured_.found_too * demand.most_percent / 100), " sur ",
                        measured_.found_too);
  }
  std::string operator()(const DailyRest& demand) const {
    return FrenchMinutes(demand.least_minutes);
  }
  std::string operator()(const DailyBreak& demand) const {
    return FrenchMinutes(demand.least_minutes);
  }
  std::string operator()(const HoursOfDay& demand) const {
    return FromTo(demand.from_minute, demand.until_minute);
  }
  std::string operator()(const WeeklyRest& demand) const { return FrenchDays(demand.least_days); }
  std::string operator()(const GuardianKnown&) const { return "responsable légal connu"; }
  std::string operator()(const OtherProfession&) const { return "autre métier"; }
  std::string operator()(const WithinHostQuota&) const {
    return Plural(facts_.host_terms.monthly_quota, "demande", "demandes");
  }
  std::string operator()(const OfReservedSchools&) const { return "établissements choisis"; }
  std::string operator()(const FromPriorityArea&) const { return "quartier prioritaire"; }

 private:
  const Measured& measured_;
  const StayFacts& facts_;
};

// "1er mai 2008": a day without its weekday.
std::string FrenchDate(absl::CivilDay day) {
  const std::string text = FrenchDay(day);
  return text.substr(text.find(' ') + 1);
}

}  // namespace

std::string FrenchMinutes(int minutes) {
  if (minutes < 60) return absl::StrCat(minutes, " min");
  return TimeOfDay(minutes);
}

std::string ValueText(const Demand& demand, const Measured& measured, const StayFacts& facts) {
  return std::visit(ValueWriter(measured, facts), demand);
}

std::string LimitText(const Demand& demand, const Measured& measured, const StayFacts& facts) {
  return std::visit(LimitWriter(measured, facts), demand);
}

std::string SentenceText(const RuleSentences& sentences, const Demand& demand,
                         const Measured& measured, const StayFacts& facts) {
  const std::string& sentence = measured.verdict == Verdict::kSatisfied ? sentences.satisfied
                                : measured.verdict == Verdict::kBroken  ? sentences.broken
                                                                        : sentences.unknown;
  return absl::StrReplaceAll(sentence, {{"{value}", ValueText(demand, measured, facts)},
                                        {"{limit}", LimitText(demand, measured, facts)},
                                        {"{age}", FrenchYears(facts.age)},
                                        {"{day}", FrenchDay(measured.day)}});
}

std::string SourceText(const std::vector<RuleSource>& sources) {
  return absl::StrJoin(sources, " ; ", [](std::string* out, const RuleSource& source) {
    absl::StrAppend(out, source.text, " (", FrenchDate(source.date), ")");
  });
}

std::vector<std::string> WordsToFillIn(absl::string_view sentence) {
  std::vector<std::string> words;
  for (;;) {
    const size_t open = sentence.find_first_of("{}");
    if (open == absl::string_view::npos) return words;
    const size_t close = sentence.find('}', open);
    if (sentence[open] == '}' || close == absl::string_view::npos) {
      words.push_back("{");
      return words;
    }
    words.emplace_back(sentence.substr(open + 1, close - open - 1));
    sentence.remove_prefix(close + 1);
  }
}

bool IsWordToFillIn(absl::string_view word) {
  for (const absl::string_view known : kWords) {
    if (known == word) return true;
  }
  return false;
}

}  // namespace dm::booking
