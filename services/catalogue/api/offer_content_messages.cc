#include "services/catalogue/api/offer_content_messages.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/codes/official_codes.h"
#include "common/codes/siret.h"
#include "common/text/free_text.h"
#include "services/catalogue/api/request_fields.h"
#include "services/catalogue/api/validation.h"
#include "services/catalogue/domain/offer_rules.h"

#include <algorithm>
#include <optional>
#include <set>

namespace dm::catalogue {
namespace {

namespace pb = destinationmetier::catalogue::v1;
namespace type = destinationmetier::type::v1;

constexpr size_t kLongestSiteKey = 40;

struct SiteName {
  std::string siret;
  std::string key;
};

std::optional<SiteName> ParseSiteName(const std::string& name) {
  const std::vector<std::string> parts = absl::StrSplit(name, '/');
  if (parts.size() != 4 || parts[0] != "companies" || !IsSiret(parts[1]) || parts[2] != "sites") {
    return std::nullopt;
  }
  const std::string& key = parts[3];
  const bool fits = !key.empty() && key.size() <= kLongestSiteKey &&
                    std::all_of(key.begin(), key.end(), [](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
                    });
  return fits ? std::optional<SiteName>({parts[1], key}) : std::nullopt;
}

std::optional<DayHours> ToDayHours(const pb::DayHours& hours) {
  const auto parsed = ParseDayHours(absl::StrCat(static_cast<int>(hours.day()), ",", hours.start(),
                                                 ",", hours.end(), ",", hours.break_minutes()));
  if (parsed.size() != 1) return std::nullopt;
  const DayHours& one = parsed[0];
  const bool sound = one.day >= 1 && one.day <= 7 && one.start >= absl::ZeroDuration() &&
                     one.start < one.end && one.end <= absl::Hours(24) && one.break_minutes >= 0 &&
                     absl::Minutes(one.break_minutes) < one.end - one.start;
  return sound ? std::optional<DayHours>(one) : std::nullopt;
}

// Looks at one offer, field by field.
class ContentCheck {
 public:
  ContentCheck(absl::string_view path, const std::function<bool(absl::string_view)>& counts,
               Violations& violations)
      : path_(path), counts_(counts), violations_(violations) {}

  void Text(absl::string_view field, const std::string& text, size_t most) {
    if (!counts_(field)) return;
    if (const std::string fault = FreeTextFault(text, most); !fault.empty()) Add(field, fault);
  }

  void Condition(absl::string_view field, bool holds, absl::string_view what) {
    if (counts_(field) && !holds) Add(field, what);
  }

  // At most so many different ones, each of the right form.
  template <typename Values, typename IsRight>
  void Each(absl::string_view field, const Values& values, size_t most, IsRight is_right,
            absl::string_view what) {
    if (!counts_(field)) return;
    if (static_cast<size_t>(values.size()) > most) {
      Add(field, absl::StrCat("must have at most ", most, " entries"));
    }
    std::set<std::decay_t<decltype(*values.begin())>> seen;
    int index = 0;
    for (const auto& value : values) {
      const std::string entry = absl::StrCat(field, "[", index++, "]");
      if (!is_right(value)) {
        Add(entry, what);
      } else if (!seen.insert(value).second) {
        Add(entry, "must not be there twice");
      }
    }
  }

  void Hours(const pb::Offer& offer) {
    if (!counts_("hours")) return;
    if (static_cast<size_t>(offer.hours_size()) > kMostDayHours) {
      Add("hours", absl::StrCat("must have at most ", kMostDayHours, " entries"));
    }
    for (int i = 0; i < offer.hours_size(); ++i) {
      if (!ToDayHours(offer.hours(i)).has_value()) {
        Add(absl::StrCat("hours[", i, "]"),
            "must be a day, a start and a later end as HH:MM, and a break that fits in between");
      }
    }
  }

 private:
  void Add(absl::string_view field, absl::string_view what) {
    violations_.Add(absl::StrCat(path_, ".", field), what);
  }

  const absl::string_view path_;
  const std::function<bool(absl::string_view)>& counts_;
  Violations& violations_;
};

bool IsLanguage(const std::string& code) {
  const auto small = [](char c) { return c >= 'a' && c <= 'z'; };
  return code.size() == 2 && small(code[0]) && small(code[1]);
}

std::vector<int> SortedNumbers(const google::protobuf::RepeatedField<int>& values) {
  std::vector<int> numbers(values.begin(), values.end());
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

absl::Time ToTime(const google::protobuf::Timestamp& time) {
  // To the microsecond, as it is stored: what is compared later is what was kept.
  return absl::FromUnixSeconds(time.seconds()) + absl::Microseconds(time.nanos() / 1000);
}

// Nobody plans for longer, and a timestamptz holds it.
constexpr int64_t kLatestSecond = 7'258'118'400;

bool IsInstant(bool has, const google::protobuf::Timestamp& time) {
  return has && time.seconds() >= 0 && time.seconds() < kLatestSecond && time.nanos() >= 0 &&
         time.nanos() < 1'000'000'000;
}

bool Everything(absl::string_view) { return true; }

struct WrittenField {
  const char* name;
  void (*take)(const pb::Offer& offer, OfferContent* content);
};

constexpr WrittenField kFields[] = {
    {"profession", [](const pb::Offer& o,
                      OfferContent* c) { c->rome_code = IdIn(o.profession(), "professions"); }},
    {"appellation",
     [](const pb::Offer& o, OfferContent* c) {
       c->appellation = IdIn(o.appellation(), "appellations");
     }},
    {"title", [](const pb::Offer& o, OfferContent* c) { c->title = o.title(); }},
    {"description", [](const pb::Offer& o, OfferContent* c) { c->description = o.description(); }},
    {"audiences",
     [](const pb::Offer& o, OfferContent* c) { c->audiences = SortedNumbers(o.audiences()); }},
    {"instant_confirmation",
     [](const pb::Offer& o, OfferContent* c) {
       c->instant_confirmation = o.instant_confirmation();
     }},
    {"demonstration",
     [](const pb::Offer& o, OfferContent* c) { c->demonstration = o.demonstration(); }},
    {"accessibility",
     [](const pb::Offer& o, OfferContent* c) {
       c->accessibility = static_cast<Accessibility>(o.accessibility());
     }},
    {"work_mode",
     [](const pb::Offer& o, OfferContent* c) {
       c->work_mode = o.work_mode() == pb::WORK_MODE_UNSPECIFIED
                          ? WorkMode::kOnSite
                          : static_cast<WorkMode>(o.work_mode());
     }},
    {"languages",
     [](const pb::Offer& o, OfferContent* c) {
       c->languages = ToVector(o.languages());
       if (c->languages.empty()) c->languages = {"fr"};
     }},
    {"hours",
     [](const pb::Offer& o, OfferContent* c) {
       c->hours.clear();
       for (const pb::DayHours& hours : o.hours()) {
         if (const auto one = ToDayHours(hours); one.has_value()) c->hours.push_back(*one);
       }
     }},
    {"supervision", [](const pb::Offer& o, OfferContent* c) { c->supervision = o.supervision(); }},
    {"to_bring", [](const pb::Offer& o, OfferContent* c) { c->to_bring = o.to_bring(); }},
    {"reserved_schools",
     [](const pb::Offer& o, OfferContent* c) {
       c->reserved_schools = ToVector(o.reserved_schools());
     }},
    {"priority_areas_only",
     [](const pb::Offer& o, OfferContent* c) { c->priority_areas_only = o.priority_areas_only(); }},
    {"site",
     [](const pb::Offer& o, OfferContent* c) {
       const auto site = ParseSiteName(o.site());
       c->site = site.has_value() ? site->key : "";
     }},
};

}  // namespace

const std::vector<std::string>& WrittenFields() {
  static const auto* const fields = [] {
    auto* names = new std::vector<std::string>();
    for (const WrittenField& field : kFields) names->emplace_back(field.name);
    return names;
  }();
  return *fields;
}

void CheckContent(const pb::Offer& offer, absl::string_view field,
                  const std::function<bool(absl::string_view)>& counts, Violations& violations) {
  ContentCheck check(field, counts, violations);
  check.Condition("profession",
                  offer.profession().empty() || IsRomeCode(IdIn(offer.profession(), "professions")),
                  "must be a name like professions/D1102");
  check.Condition(
      "appellation",
      offer.appellation().empty() || IsListCode(IdIn(offer.appellation(), "appellations")),
      "must be a name like appellations/11573");
  check.Text("title", offer.title(), kLongestOfferTitle);
  check.Condition("title", offer.title().find('\n') == std::string::npos, "must be one line");
  check.Text("description", offer.description(), kLongestOfferDescription);
  check.Each(
      "audiences", offer.audiences(), type::Audience_ARRAYSIZE,
      [](int value) { return value > 0 && type::Audience_IsValid(value); }, "must be an audience");
  check.Condition("accessibility", pb::Accessibility_IsValid(offer.accessibility()),
                  "must be a level of accessibility");
  check.Condition("work_mode", pb::WorkMode_IsValid(offer.work_mode()), "must be a work mode");
  check.Each("languages", offer.languages(), kMostLanguages, IsLanguage,
             "must be a code of ISO 639-1: two small letters");
  check.Hours(offer);
  check.Text("supervision", offer.supervision(), kLongestOfferNote);
  check.Text("to_bring", offer.to_bring(), kLongestOfferNote);
  check.Each(
      "reserved_schools", offer.reserved_schools(), kMostReservedSchools,
      [](const std::string& uai) { return IsUai(uai); },
      "must be a UAI: seven digits and a letter");
  check.Condition("site", offer.site().empty() || ParseSiteName(offer.site()).has_value(),
                  "must be a name like companies/73282932000074/sites/atelier");
}

void CheckContent(const pb::Offer& offer, absl::string_view field, Violations& violations) {
  CheckContent(offer, field, Everything, violations);
}

void TakeField(absl::string_view field, const pb::Offer& offer, OfferContent* content) {
  for (const WrittenField& one : kFields) {
    if (one.name == field) one.take(offer, content);
  }
}

OfferContent ToContent(const pb::Offer& offer) {
  OfferContent content;
  for (const WrittenField& field : kFields) field.take(offer, &content);
  return content;
}

void CheckSiteOf(const std::string& siret, const pb::Offer& offer, absl::string_view field,
                 Violations& violations) {
  const auto site = ParseSiteName(offer.site());
  if (site.has_value() && site->siret != siret) {
    violations.Add(absl::StrCat(field, ".site"), "is no site of the company");
  }
}

void CheckSessionForm(const pb::Session& session, absl::string_view field, Violations& violations) {
  const bool starts = IsInstant(session.has_start_time(), session.start_time());
  const bool ends = IsInstant(session.has_end_time(), session.end_time());
  if (!starts) violations.Add(absl::StrCat(field, ".start_time"), "must be an instant");
  if (!ends) violations.Add(absl::StrCat(field, ".end_time"), "must be an instant");
  SessionContent content = ToContent(session);
  // What is said of a missing instant is said.
  if (!starts) content.start = content.end - absl::Hours(1);
  if (!ends) content.end = content.start + absl::Hours(1);
  CheckSession(field, content, absl::InfinitePast(), violations);
}

void CheckSessions(const google::protobuf::RepeatedPtrField<pb::Session>& sessions,
                   absl::string_view field, Violations& violations) {
  if (static_cast<size_t>(sessions.size()) > kMostWrittenSessions) {
    violations.Add(field, absl::StrCat("must have at most ", kMostWrittenSessions, " entries"));
    return;
  }
  std::set<absl::Time> starts;
  for (int i = 0; i < sessions.size(); ++i) {
    const std::string path = absl::StrCat(field, "[", i, "]");
    CheckSessionForm(sessions.Get(i), path, violations);
    if (sessions.Get(i).has_start_time() &&
        !starts.insert(ToContent(sessions.Get(i)).start).second) {
      violations.Add(absl::StrCat(path, ".start_time"), "must not be there twice");
    }
  }
}

SessionContent ToContent(const pb::Session& session) {
  return {.start = ToTime(session.start_time()),
          .end = ToTime(session.end_time()),
          .capacity = session.capacity(),
          .closed = session.closed()};
}

std::vector<SessionContent> ToContents(
    const google::protobuf::RepeatedPtrField<pb::Session>& sessions) {
  std::vector<SessionContent> contents;
  for (const pb::Session& session : sessions) contents.push_back(ToContent(session));
  return contents;
}

}  // namespace dm::catalogue
