#include "services/gateway/rights/person_page.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/civil_time.h"
#include "common/time/clock.h"
#include "common/time/french_date.h"
#include "services/gateway/rights/page_template.h"

#include <google/protobuf/struct.pb.h>
#include <kainjow/mustache.hpp>

#include <cmath>
#include <map>
#include <set>

namespace dm::gateway {
namespace {

namespace mustache = kainjow::mustache;
namespace pb = destinationmetier::privacy::v1;

using google::protobuf::Value;

// A time or a day as people write it; anything else as it is.
std::string ReadableText(const std::string& text) {
  absl::CivilDay day;
  if (text.size() == 10 && absl::ParseCivilTime(text, &day)) return FrenchDate(day);
  absl::Time time;
  std::string error;
  if (text.size() >= 20 && absl::ParseTime(absl::RFC3339_full, text, &time, &error)) {
    return FrenchMoment(time);
  }
  return text;
}

// One service's part while it is written down.
class PartWriter {
 public:
  explicit PartWriter(const pb::PersonalData& part) : part_(part) {
    for (const pb::Label& word : part.words()) words_[word.code()] = word.text();
  }

  mustache::data Tables() const {
    mustache::data tables(mustache::data::type::list);
    for (const pb::PersonalTable& table : part_.tables()) tables << TableOf(table);
    return tables;
  }

 private:
  std::string Readable(const Value& value) const {
    switch (value.kind_case()) {
      case Value::kBoolValue:
        return value.bool_value() ? "oui" : "non";
      case Value::kNumberValue: {
        const double number = value.number_value();
        return number == std::floor(number) && std::abs(number) < 1e15
                   ? absl::StrCat(static_cast<int64_t>(number))
                   : absl::StrCat(number);
      }
      case Value::kStringValue: {
        const auto word = words_.find(value.string_value());
        return word != words_.end() ? word->second : ReadableText(value.string_value());
      }
      case Value::kListValue: {
        std::vector<std::string> all;
        for (const Value& one : value.list_value().values()) all.push_back(Readable(one));
        return absl::StrJoin(all, ", ");
      }
      default:
        return "";
    }
  }

  mustache::data RecordOf(const google::protobuf::Struct& row) const {
    mustache::data lines(mustache::data::type::list);
    // In the order in which the service explains its fields.
    for (const pb::Label& field : part_.fields()) {
      const auto value = row.fields().find(field.code());
      if (value == row.fields().end()) continue;
      const std::string text = Readable(value->second);
      if (text.empty()) continue;
      mustache::data line;
      line.set("label", field.text());
      line.set("value", text);
      lines << line;
    }
    mustache::data record;
    record.set("lines", lines);
    return record;
  }

  mustache::data TableOf(const pb::PersonalTable& table) const {
    mustache::data records(mustache::data::type::list);
    int number = 0;
    for (const google::protobuf::Struct& row : table.rows()) {
      mustache::data record = RecordOf(row);
      record.set("caption", table.rows_size() == 1 ? table.title()
                                                   : absl::StrCat(table.title(), " (", ++number,
                                                                  " sur ", table.rows_size(), ")"));
      records << record;
    }
    mustache::data shown;
    shown.set("title", table.title());
    shown.set("retention", table.retention());
    shown.set("count", absl::StrCat(table.rows_size()));
    shown.set("records", records);
    return shown;
  }

  const pb::PersonalData& part_;
  std::map<std::string, std::string> words_;
};

}  // namespace

std::string PersonPage(const std::vector<pb::PersonalData>& parts, const std::string& contact,
                       absl::Time now) {
  mustache::data services(mustache::data::type::list);
  bool anything = false;
  for (const pb::PersonalData& part : parts) {
    mustache::data service;
    service.set("id", part.service());
    service.set("title", part.title());
    service.set("tables", PartWriter(part).Tables());
    service.set("nothing", mustache::data(part.tables().empty()));
    services << service;
    anything = anything || !part.tables().empty();
  }
  mustache::data page;
  page.set("made", FrenchMoment(now));
  page.set("contact", contact);
  page.set("services", services);
  page.set("anything", mustache::data(anything));
  mustache::mustache text{kPageTemplates[0].text};
  return text.render(page);
}

}  // namespace dm::gateway
