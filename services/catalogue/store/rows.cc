#include "services/catalogue/store/rows.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/database/database.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace dm::catalogue {
namespace {

std::optional<bool> ToFlag(const pqxx::field& field) {
  if (field.is_null()) return std::nullopt;
  return field.as<bool>();
}

int64_t ToNumber(absl::string_view text) {
  int64_t number = 0;
  (void)absl::SimpleAtoi(text, &number);
  return number;
}

}  // namespace

std::vector<Labelled> ToLabelled(absl::string_view text) {
  std::vector<Labelled> labelled;
  for (const absl::string_view part : absl::StrSplit(text, '\x1E', absl::SkipEmpty())) {
    const std::pair<std::string, std::string> pair =
        absl::StrSplit(part, absl::MaxSplits('\x1F', 1));
    labelled.push_back({pair.first, pair.second});
  }
  return labelled;
}

std::vector<std::vector<std::string>> ToParts(absl::string_view text, size_t parts) {
  std::vector<std::vector<std::string>> rows;
  for (const absl::string_view row : absl::StrSplit(text, '\x1E', absl::SkipEmpty())) {
    std::vector<std::string> found = absl::StrSplit(row, '\x1F');
    if (found.size() == parts) rows.push_back(std::move(found));
  }
  return rows;
}

std::vector<std::string> ToTexts(absl::string_view text) {
  return absl::StrSplit(text, ',', absl::SkipEmpty());
}

std::vector<int> ToNumbers(absl::string_view text) {
  std::vector<int> numbers;
  for (const absl::string_view part : absl::StrSplit(text, ',', absl::SkipEmpty())) {
    numbers.push_back(static_cast<int>(ToNumber(part)));
  }
  return numbers;
}

std::vector<Session> ToSessions(absl::string_view text) {
  std::vector<Session> sessions;
  for (const absl::string_view part : absl::StrSplit(text, ';', absl::SkipEmpty())) {
    const std::vector<absl::string_view> cells = absl::StrSplit(part, ',');
    const auto capacity = static_cast<int>(ToNumber(cells.at(3)));
    sessions.push_back(
        {.id = std::string(cells.at(0)),
         .start = database::FromMicros(ToNumber(cells.at(1))),
         .end = database::FromMicros(ToNumber(cells.at(2))),
         .capacity = capacity,
         .available = std::max(0, capacity - static_cast<int>(ToNumber(cells.at(4))))});
  }
  return sessions;
}

Profession ToProfession(const pqxx::row& row) {
  Profession profession = {.rome_code = row["rome_code"].c_str(),
                           .title = row["title"].c_str(),
                           .definition = row["definition"].c_str(),
                           .access = row["access"].c_str(),
                           .riasec = row["riasec"].c_str(),
                           .obsolete = row["obsolete"].as<bool>(),
                           .sectors = ToLabelled(row["sectors"].c_str()),
                           .interests = ToLabelled(row["interests"].c_str()),
                           .sub_sectors = ToLabelled(row["sub_sectors"].c_str()),
                           .ecological_transition = row["transition_eco"].as<int>(),
                           .digital_transition = ToFlag(row["transition_num"]),
                           .demographic_transition = ToFlag(row["transition_demo"]),
                           .regulated = ToFlag(row["regulated"]),
                           .executive = ToFlag(row["executive"])};
  for (const auto& parts : ToParts(row["domain"].c_str(), 4)) {
    profession.domain = {{parts[0], parts[1]}, {parts[2], parts[3]}};
  }
  for (const auto& parts : ToParts(row["themes"].c_str(), 3)) {
    profession.themes.push_back({parts[0], parts[1], parts[2]});
  }
  return profession;
}

ColumnNumbers::ColumnNumbers(const pqxx::result& rows) {
  for (pqxx::row::size_type number = 0; number < rows.columns(); ++number) {
    numbers_.emplace(rows.column_name(number), number);
  }
}

pqxx::row::size_type ColumnNumbers::Of(absl::string_view name) const {
  const auto found = numbers_.find(name);
  if (found == numbers_.end()) throw pqxx::argument_error(absl::StrCat("no column ", name));
  return found->second;
}

Offer ToOffer(const NumberedRow& row) {
  return {.id = row["id"].c_str(),
          .siret = row["siret"].c_str(),
          .company_display_name = row["display_name"].c_str(),
          .rome_code = row["rome_code"].c_str(),
          .profession_title = row["profession_title"].c_str(),
          .title = row["title"].c_str(),
          .description = row["description"].c_str(),
          .audiences = ToNumbers(row["audiences"].c_str()),
          .place = ToPlace(row),
          .sectors = ToLabelled(row["sectors"].c_str()),
          .accessibility = static_cast<Accessibility>(row["accessibility"].as<int>()),
          .instant_confirmation = row["instant_confirmation"].as<bool>(),
          .demonstration = row["demonstration"].as<bool>(),
          .appellation = row["appellation"].c_str(),
          .work_mode = static_cast<WorkMode>(row["work_mode"].as<int>()),
          .languages = ToTexts(row["languages"].c_str()),
          .hours = ParseDayHours(row["hours"].c_str()),
          .supervision = row["supervision"].c_str(),
          .to_bring = row["to_bring"].c_str(),
          .reserved_schools = ToTexts(row["reserved_schools"].c_str()),
          .priority_areas_only = row["priority_areas_only"].as<bool>(),
          .site = row["site"].c_str(),
          .state = static_cast<OfferState>(row["state"].as<int>())};
}

std::vector<Site> ToSites(const pqxx::result& rows) {
  std::vector<Site> sites;
  for (const pqxx::row& row : rows) {
    sites.push_back({.key = row["key"].c_str(),
                     .display_name = row["display_name"].c_str(),
                     .place = ToPlace(row)});
  }
  return sites;
}

}  // namespace dm::catalogue
