#include "common/privacy/personal_data.h"

#include "absl/strings/str_cat.h"
#include "common/errors/error.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <set>

namespace dm::privacy {
namespace {

namespace pb = destinationmetier::privacy::v1;

// Below gRPC's limit of a message, 4 MiB.
constexpr size_t kMostBytes = 3 << 20;

absl::Status TooLarge() {
  return MakeError(absl::StatusCode::kResourceExhausted, "there is too much for one archive",
                   {.reason = "EXPORT_TOO_LARGE",
                    .message_fr = "Il y a trop de données pour une seule archive : demandez-les à "
                                  "la personne chargée de la protection des données.",
                    .message_en = "There is too much for one archive: ask the data protection "
                                  "officer for it."});
}

const Meaning* Find(absl::Span<const Meaning> meanings, const std::string& code) {
  const auto* found = std::find_if(meanings.begin(), meanings.end(),
                                   [&](const Meaning& one) { return one.code == code; });
  return found == meanings.end() ? nullptr : found;
}

// What is used of a register's meanings, each once.
class Glossary {
 public:
  explicit Glossary(const Register& shown) : shown_(shown) {}

  // False for a field that the register does not explain.
  bool Add(const google::protobuf::Struct& row) {
    for (const auto& [field, value] : row.fields()) {
      if (Find(shown_.fields, field) == nullptr) return false;
      fields_.insert(field);
      if (value.has_string_value()) words_.insert(value.string_value());
      for (const auto& one : value.list_value().values()) words_.insert(one.string_value());
    }
    return true;
  }

  void Write(pb::PersonalData* data) const {
    for (const Meaning& field : shown_.fields) {
      if (fields_.count(field.code) > 0) Write(field, data->add_fields());
    }
    for (const Meaning& word : shown_.words) {
      if (words_.count(word.code) > 0) Write(word, data->add_words());
    }
  }

 private:
  static void Write(const Meaning& meaning, pb::Label* label) {
    label->set_code(meaning.code);
    label->set_text(meaning.text);
  }

  const Register& shown_;
  std::set<std::string> fields_;
  std::set<std::string> words_;
};

}  // namespace

absl::StatusOr<pb::PersonalData> ReadPersonalData(database::Transaction& transaction,
                                                  const Register& shown, const std::string& party) {
  pb::PersonalData data;
  data.set_service(shown.service);
  data.set_title(shown.title);
  Glossary glossary(shown);
  size_t bytes = 0;
  for (const ExportedTable& table : shown.tables) {
    const pqxx::result rows = transaction.Exec(table.rows, party);
    if (rows.empty()) continue;
    pb::PersonalTable* part = data.add_tables();
    part->set_name(table.table);
    part->set_title(table.title);
    part->set_retention(table.retention);
    for (const pqxx::row& row : rows) {
      bytes += row[0].size();
      if (bytes > kMostBytes) return TooLarge();
      google::protobuf::Struct* fields = part->add_rows();
      if (!google::protobuf::util::JsonStringToMessage(row[0].c_str(), fields).ok()) {
        return absl::InternalError(absl::StrCat("a row of ", table.table, " is no JSON object"));
      }
      if (!glossary.Add(*fields)) {
        return absl::InternalError(absl::StrCat("a field of ", table.table, " is not explained"));
      }
    }
  }
  glossary.Write(&data);
  if (data.ByteSizeLong() > kMostBytes) return TooLarge();
  return data;
}

}  // namespace dm::privacy
