#include "services/notification/store/contact_store.h"

#include "absl/status/status.h"
#include "services/notification/store/release_gate.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace dm::notification {
namespace {

constexpr absl::Duration kKeepRequests = absl::Hours(48);
constexpr size_t kImportBatch = 1000;

absl::Status EtagMismatch() {
  return MakeError(absl::StatusCode::kAborted, "the etag is not the current one",
                   {.reason = "ETAG_MISMATCH",
                    .message_fr = "Ce contact a été modifié entre-temps. Relisez-le, puis "
                                  "recommencez.",
                    .message_en = "This contact was changed meanwhile. Read it again and retry."});
}

absl::Status RequestIdReused() {
  return MakeError(absl::StatusCode::kFailedPrecondition,
                   "this request_id was used before with another request",
                   {.reason = "REQUEST_ID_REUSED",
                    .message_fr = "Cette demande a déjà servi à autre chose.",
                    .message_en = "This request was already used for something else."});
}

absl::Status ContactBound() {
  return MakeError(absl::StatusCode::kPermissionDenied,
                   "the contact is set, and only the party itself replaces it",
                   {.reason = "CONTACT_BOUND",
                    .message_fr = "Ces coordonnées sont déjà enregistrées : seule la personne ou "
                                  "l'entreprise concernée peut les changer.",
                    .message_en = "This contact is set already: only the person or the company "
                                  "concerned can change it."});
}

constexpr database::Statement kFindRequest{"find_contact_request", R"sql(
    SELECT fingerprint, version FROM contact_requests WHERE caller = $1 AND request_id = $2)sql"};

// The first answer of a repeated request.
absl::StatusOr<std::optional<StoredContact>> FindAnswer(database::Transaction& transaction,
                                                        const ContactWrite& write) {
  if (write.request_id.empty()) return std::nullopt;
  const pqxx::result rows = transaction.Exec(kFindRequest, write.caller, write.request_id);
  if (rows.empty()) return std::nullopt;
  if (rows[0][0].as<std::string>() != write.fingerprint) return RequestIdReused();
  return StoredContact{write.contact, rows[0][1].as<int64_t>()};
}

constexpr database::Statement kRecordRequest{"record_contact_request", R"sql(
    INSERT INTO contact_requests (caller, request_id, fingerprint, version, created)
    VALUES ($1, $2, $3, $4, dm_time($5)))sql"};
constexpr database::Statement kForgetRequests{"forget_contact_requests", R"sql(
    DELETE FROM contact_requests WHERE created < dm_time($1))sql"};

void RecordAnswer(database::Transaction& transaction, const ContactWrite& write, int64_t version,
                  absl::Time now) {
  if (write.request_id.empty()) return;
  transaction.Exec(kRecordRequest, write.caller, write.request_id, write.fingerprint, version,
                   database::ToMicros(now));
  transaction.Exec(kForgetRequests, database::ToMicros(now - kKeepRequests));
}

constexpr database::Statement kFindContact{"find_contact", R"sql(
    SELECT display_name, email, version FROM contacts WHERE party = $1)sql"};

std::optional<StoredContact> ReadContact(const std::string& party, const pqxx::result& rows) {
  if (rows.empty()) return std::nullopt;
  return StoredContact{
      {party, rows[0]["display_name"].as<std::string>(), rows[0]["email"].as<std::string>()},
      rows[0]["version"].as<int64_t>()};
}

// Counts what was added and what was changed; equal rows stay as they are.
constexpr database::Statement kWriteContacts{"write_contacts", R"sql(
    WITH written AS (
      INSERT INTO contacts AS old (party, display_name, email)
      SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
      ON CONFLICT ON CONSTRAINT contacts_key DO UPDATE
        SET display_name = EXCLUDED.display_name, email = EXCLUDED.email, version = old.version + 1
        WHERE (old.display_name, old.email) IS DISTINCT FROM (EXCLUDED.display_name, EXCLUDED.email)
      RETURNING xmax = 0 AS added)
    SELECT count(*) FILTER (WHERE added), count(*) FILTER (WHERE NOT added) FROM written)sql"};

constexpr database::Statement kReleaseForContacts{"release_for_contacts", R"sql(
    UPDATE messages AS m
    SET state = 'ready', next_attempt = greatest(m.not_before, dm_time($2))
    WHERE m.state = 'waiting' AND m.recipient = ANY ($1::text[])
      AND (m.session = '' OR EXISTS (SELECT FROM sessions AS s WHERE s.name = m.session)))sql"};

// Contacts as parameters of a statement.
struct Columns {
  std::vector<std::string> parties, names, emails;

  void Add(const Contact& contact) {
    parties.push_back(contact.party);
    names.push_back(contact.display_name);
    emails.push_back(contact.email);
  }
};

ContactImportOutcome WriteAndRelease(database::Transaction& transaction, const Columns& contacts,
                                     absl::Time now) {
  const pqxx::result counts =
      transaction.Exec(kWriteContacts, contacts.parties, contacts.names, contacts.emails);
  transaction.Exec(kReleaseForContacts, contacts.parties, database::ToMicros(now));
  return {counts[0][0].as<int64_t>(), counts[0][1].as<int64_t>()};
}

// The first that another contact stands in the way of. True until the transaction ends, since no
// other writes contacts meanwhile.
constexpr database::Statement kFindBound{"find_bound_contact", R"sql(
    SELECT new.place FROM unnest($1::text[], $2::text[], $3::text[])
      WITH ORDINALITY AS new (party, display_name, email, place)
    JOIN contacts AS old USING (party)
    WHERE (old.display_name, old.email) IS DISTINCT FROM (new.display_name, new.email)
    ORDER BY new.place LIMIT 1)sql"};

// Writes a part of a list, or finds what must be kept.
ContactImportOutcome WritePart(database::Transaction& transaction,
                               absl::Span<const ListedContact> part, absl::Time now) {
  Columns all, first;
  std::vector<size_t> places;
  for (size_t i = 0; i < part.size(); ++i) {
    all.Add(part[i].contact);
    if (part[i].right == SettingRight::kReplace) continue;
    first.Add(part[i].contact);
    places.push_back(i);
  }
  const pqxx::result bound = transaction.Exec(kFindBound, first.parties, first.names, first.emails);
  if (!bound.empty()) return {.kept = places[bound[0][0].as<size_t>() - 1]};
  return WriteAndRelease(transaction, all, now);
}

}  // namespace

absl::StatusOr<std::optional<StoredContact>> ContactStore::Find(absl::Time deadline,
                                                                const std::string& party,
                                                                database::Access access) {
  const absl::StatusOr<pqxx::result> rows =
      database_->As(std::move(access))->Query(deadline, kFindContact, party);
  if (!rows.ok()) return rows.status();
  return ReadContact(party, *rows);
}

absl::StatusOr<StoredContact> ContactStore::Write(absl::Time deadline, const ContactWrite& write) {
  return database_->Write(
      deadline, [&](database::Transaction& transaction) -> absl::StatusOr<StoredContact> {
        // Writes to contacts follow one another from here on: what is read stays true.
        EnterAsReleaser(transaction);
        const auto answer = FindAnswer(transaction, write);
        if (!answer.ok()) return answer.status();
        if (answer->has_value()) return **answer;

        const auto find = [&] {
          return ReadContact(write.contact.party,
                             transaction.Exec(kFindContact, write.contact.party));
        };
        const std::optional<StoredContact> before = find();
        // Said before anything of the etag: who may not replace it learns only that it is there.
        if (write.right != SettingRight::kReplace && before.has_value() &&
            before->contact != write.contact) {
          return ContactBound();
        }
        if (write.expected_version.has_value() &&
            (!before.has_value() || before->version != *write.expected_version)) {
          return EtagMismatch();
        }
        const absl::Time now = clock_->Now();
        Columns columns;
        columns.Add(write.contact);
        WriteAndRelease(transaction, columns, now);
        const StoredContact after = *find();
        RecordAnswer(transaction, write, after.version, now);
        return after;
      });
}

absl::StatusOr<ContactImportOutcome> ContactStore::Import(absl::Time deadline,
                                                          absl::Span<const ListedContact> contacts,
                                                          bool validate_only,
                                                          const std::function<bool()>& cancelled) {
  ContactImportOutcome outcome;
  bool finished = false;
  const absl::Status status =
      database_->Write(deadline, [&](database::Transaction& transaction) -> absl::Status {
        outcome = {};
        finished = false;
        EnterAsReleaser(transaction);
        for (size_t from = 0; from < contacts.size(); from += kImportBatch) {
          if (cancelled()) return absl::CancelledError("the caller has gone");
          const ContactImportOutcome part =
              WritePart(transaction, contacts.subspan(from, kImportBatch), clock_->Now());
          if (part.kept.has_value()) {
            outcome = {.kept = from + *part.kept};
            break;
          }
          outcome.added += part.added;
          outcome.changed += part.changed;
        }
        finished = true;
        // An error rolls back.
        const bool kept = outcome.kept.has_value();
        return validate_only || kept ? absl::CancelledError("changes nothing") : absl::OkStatus();
      });
  const bool rolled_back = finished && (validate_only || outcome.kept.has_value());
  if (!status.ok() && !(rolled_back && absl::IsCancelled(status))) return status;
  return outcome;
}

}  // namespace dm::notification
