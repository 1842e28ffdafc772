#include "services/notification/api/contact_list.h"

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "common/text/addressee.h"
#include "common/text/csv.h"

#include <algorithm>
#include <array>
#include <string>

namespace dm::notification {
namespace {

constexpr std::array<absl::string_view, 3> kColumns = {"party", "display_name", "email"};

using RightOf = absl::FunctionRef<SettingRight(absl::string_view party)>;

// Where each of kColumns stands in a record.
using ColumnOrder = std::array<size_t, kColumns.size()>;

class FileReader {
 public:
  FileReader(const rpc::UploadedFile& file, RightOf right_of,
             absl::flat_hash_set<std::string>* parties, std::vector<ListedContact>* contacts)
      : file_(file),
        reader_(file.content),
        right_of_(right_of),
        parties_(parties),
        contacts_(contacts) {}

  absl::Status Read() {
    const absl::StatusOr<bool> any = Next();
    if (!any.ok()) return any.status();
    if (!*any) return rpc::ImportRefused(file_.name, 0, "Le fichier est vide.");
    if (const absl::Status status = ReadHeader(); !status.ok()) return status;
    while (true) {
      const absl::StatusOr<bool> more = Next();
      if (!more.ok()) return more.status();
      if (!*more) return absl::OkStatus();
      if (const absl::Status status = ReadRecord(); !status.ok()) return status;
    }
  }

 private:
  absl::StatusOr<bool> Next() {
    const absl::StatusOr<bool> more = reader_.Next(&cells_);
    if (!more.ok()) return Refused("Des guillemets sont mal fermés.");
    return *more;
  }

  absl::Status ReadHeader() {
    for (size_t i = 0; i < kColumns.size(); ++i) {
      const auto found = std::find(cells_.begin(), cells_.end(), kColumns[i]);
      if (found == cells_.end() || cells_.size() != kColumns.size()) {
        return Refused("Les colonnes doivent être party, display_name et email.");
      }
      order_[i] = static_cast<size_t>(found - cells_.begin());
    }
    return absl::OkStatus();
  }

  absl::Status ReadRecord() {
    if (cells_.size() != kColumns.size()) {
      return Refused(absl::StrCat("Il y a ", cells_.size(), " colonnes au lieu de 3."));
    }
    Contact contact{cells_[order_[0]], cells_[order_[1]], cells_[order_[2]]};
    if (!IsParty(contact.party) || contact.party == "people/me") {
      return Refused(
          "La colonne party doit être people/…, companies/…, ambassadors/… ou agencies/….");
    }
    const SettingRight right = right_of_(contact.party);
    if (right == SettingRight::kNone) {
      return Refused("La colonne party nomme l'agence d'un autre territoire que le vôtre.");
    }
    if (!DisplayNameFault(contact.display_name).empty()) {
      return Refused(
          "La colonne display_name doit avoir de 1 à 100 caractères, sans caractère de contrôle.");
    }
    if (!EmailFault(contact.email).empty()) {
      return Refused("La colonne email n'a pas la forme d'une adresse.");
    }
    if (!parties_->insert(contact.party).second) {
      return Refused("Cette partie (colonne party) figure déjà plus haut.");
    }
    contacts_->push_back({std::move(contact), right, file_.name, reader_.line()});
    return absl::OkStatus();
  }

  absl::Status Refused(absl::string_view cause) const {
    return rpc::ImportRefused(file_.name, reader_.line(), cause);
  }

  const rpc::UploadedFile& file_;
  CsvReader reader_;
  const RightOf right_of_;
  absl::flat_hash_set<std::string>* const parties_;
  std::vector<ListedContact>* const contacts_;
  std::vector<std::string> cells_;
  ColumnOrder order_ = {};
};

}  // namespace

absl::StatusOr<std::vector<ListedContact>> ReadContactList(
    absl::Span<const rpc::UploadedFile> files, RightOf right_to_set) {
  std::vector<ListedContact> contacts;
  absl::flat_hash_set<std::string> parties;
  for (const rpc::UploadedFile& file : files) {
    const absl::Status status = FileReader(file, right_to_set, &parties, &contacts).Read();
    if (!status.ok()) return status;
  }
  return contacts;
}

absl::Status ContactBoundIn(const ListedContact& listed) {
  return rpc::ImportRefused(listed.file, listed.line,
                            "Cette partie (colonne party) a déjà d'autres coordonnées, qu'elle "
                            "seule peut changer : retirez cette ligne.");
}

}  // namespace dm::notification
