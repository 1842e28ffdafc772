#include "services/booking/imports/applicant_list.h"

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/text/addressee.h"
#include "common/text/csv.h"
#include "common/time/clock.h"
#include "services/booking/domain/consent_record.h"
#include "services/booking/domain/person_name.h"
#include "services/booking/domain/profile.h"

#include <algorithm>
#include <array>
#include <map>

namespace dm::booking {
namespace {

constexpr size_t kMostPeople = 2000;
// A paper is on file within so many days of its signature.
constexpr int kOldestPaperDays = 366;

constexpr std::array<absl::string_view, 5> kNeeded = {"person", "birth_date", "level", "school",
                                                      "department"};
constexpr std::array<absl::string_view, 4> kOptional = {"guardian_name", "guardian_email",
                                                        "consent_signed", "consent_until"};

bool IsColumn(absl::string_view name) {
  return std::find(kNeeded.begin(), kNeeded.end(), name) != kNeeded.end() ||
         std::find(kOptional.begin(), kOptional.end(), name) != kOptional.end();
}

class FileReader {
 public:
  FileReader(const rpc::UploadedFile& file, absl::CivilDay today,
             absl::flat_hash_set<std::string>* people, std::vector<ListedApplicant>* listed)
      : file_(file), reader_(file.content), today_(today), people_(people), listed_(listed) {}

  absl::Status Read() {
    const absl::StatusOr<bool> any = Next();
    if (!any.ok()) return any.status();
    if (!*any) return rpc::ImportRefused(file_.name, 0, "Le fichier est vide.");
    if (absl::Status status = ReadHeader(); !status.ok()) return status;
    while (true) {
      const absl::StatusOr<bool> more = Next();
      if (!more.ok()) return more.status();
      if (!*more) return absl::OkStatus();
      if (absl::Status status = ReadRecord(); !status.ok()) return status;
    }
  }

 private:
  absl::StatusOr<bool> Next() {
    const absl::StatusOr<bool> more = reader_.Next(&cells_);
    if (!more.ok()) return Refused("Des guillemets sont mal fermés.");
    return *more;
  }

  absl::Status ReadHeader() {
    for (size_t i = 0; i < cells_.size(); ++i) {
      if (!IsColumn(cells_[i]) || !columns_.emplace(cells_[i], i).second) {
        return Refused("Une colonne est inconnue ou en double.");
      }
    }
    for (const absl::string_view needed : kNeeded) {
      if (!columns_.contains(std::string(needed))) {
        return Refused(absl::StrCat("La colonne ", needed, " manque."));
      }
    }
    return absl::OkStatus();
  }

  // Empty for a column that is not there.
  std::string Cell(const std::string& column) const {
    const auto found = columns_.find(column);
    if (found == columns_.end()) return "";
    return std::string(absl::StripAsciiWhitespace(cells_[found->second]));
  }

  absl::Status ReadRecord() {
    if (cells_.size() != columns_.size()) {
      return Refused(
          absl::StrCat("Il y a ", cells_.size(), " colonnes au lieu de ", columns_.size(), "."));
    }
    if (listed_->size() == kMostPeople) {
      return Refused(absl::StrCat("Une liste compte au plus ", kMostPeople, " personnes."));
    }
    ListedApplicant row;
    row.file = file_.name;
    row.line = reader_.line();
    for (const auto read :
         {&FileReader::ReadPerson, &FileReader::ReadGuardian, &FileReader::ReadPaper}) {
      if (absl::Status status = (this->*read)(row); !status.ok()) return status;
    }
    listed_->push_back(std::move(row));
    return absl::OkStatus();
  }

  absl::Status ReadPerson(ListedApplicant& row) {
    const auto person = ParsePerson(Cell("person"), "", "");
    const auto birth_date = ParseCivilDay(Cell("birth_date"));
    const auto level = ParseLevel(Cell("level"));
    if (!person.has_value() || person->empty()) {
      return Refused("La colonne person doit être people/….");
    }
    if (!birth_date.ok()) return Refused("La colonne birth_date doit être une date AAAA-MM-JJ.");
    if (!level.has_value()) return Refused("La colonne level n'est pas un niveau connu.");
    row.applicant = {.person = *person,
                     .birth_date = *birth_date,
                     .level = *level,
                     .school_uai = Cell("school"),
                     .department = Cell("department")};
    Violations violations;
    CheckApplicant(row.applicant, today_, violations);
    if (!violations.empty()) {
      return Refused(
          "La date de naissance, le niveau, l'établissement ou le département ne peut "
          "pas être juste.");
    }
    if (!people_->insert(*person).second) return Refused("Cette personne figure déjà plus haut.");
    return absl::OkStatus();
  }

  absl::Status ReadGuardian(ListedApplicant& row) {
    row.guardian_name = Cell("guardian_name");
    row.guardian_email = Cell("guardian_email");
    if (row.guardian_name.empty() && row.guardian_email.empty()) return absl::OkStatus();
    if (!DisplayNameFault(row.guardian_name).empty() || !EmailFault(row.guardian_email).empty()) {
      return Refused("Le nom ou l'adresse du responsable légal n'est pas valable.");
    }
    return absl::OkStatus();
  }

  absl::Status ReadPaper(ListedApplicant& row) {
    const std::string signed_day = Cell("consent_signed");
    const std::string until = Cell("consent_until");
    if (signed_day.empty() && until.empty()) return absl::OkStatus();
    const auto from = ParseCivilDay(signed_day);
    const auto to = ParseCivilDay(until);
    if (!from.ok() || !to.ok()) {
      return Refused("consent_signed et consent_until doivent être deux dates AAAA-MM-JJ.");
    }
    const ConsentTerms terms = {
        .scope = Consent::Scope::kAll, .booking_id = "", .scheme = std::nullopt, .until = *to};
    if (*from > today_ || today_ - *from > kOldestPaperDays || !UntilFault(terms, today_).empty()) {
      return Refused("L'accord doit avoir été signé depuis moins d'un an et finir dans l'année.");
    }
    row.paper = {*from, *to};
    return absl::OkStatus();
  }

  absl::Status Refused(absl::string_view cause) const {
    return rpc::ImportRefused(file_.name, reader_.line(), cause);
  }

  const rpc::UploadedFile& file_;
  CsvReader reader_;
  const absl::CivilDay today_;
  absl::flat_hash_set<std::string>* const people_;
  std::vector<ListedApplicant>* const listed_;
  std::map<std::string, size_t> columns_;
  std::vector<std::string> cells_;
};

}  // namespace

absl::StatusOr<std::vector<ListedApplicant>> ReadApplicantList(
    absl::Span<const rpc::UploadedFile> files, absl::CivilDay today) {
  std::vector<ListedApplicant> listed;
  absl::flat_hash_set<std::string> people;
  for (const rpc::UploadedFile& file : files) {
    absl::Status status = FileReader(file, today, &people, &listed).Read();
    if (!status.ok()) return status;
  }
  return listed;
}

}  // namespace dm::booking
