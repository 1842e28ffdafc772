#include "services/notification/store/mail_choice_store.h"

#include "common/auth/link_token.h"
#include "common/errors/error.h"

namespace dm::notification {
namespace {

using database::FromMicros;
using database::Statement;
using database::ToBytea;
using database::ToMicros;
using database::Transaction;

constexpr Statement kAddLinks{"add_mail_choice_links", R"sql(
    INSERT INTO mail_choice_links (token_hash, party, kind, expires)
    SELECT new.token_hash, new.party, new.kind, dm_time($4)
    FROM unnest($1::bytea[], $2::text[], $3::text[]) AS new (token_hash, party, kind))sql"};
constexpr Statement kForgetOldLinks{"forget_old_mail_choice_links", R"sql(
    DELETE FROM mail_choice_links WHERE expires <= dm_time($1))sql"};

// The first waits for who chooses by a link at this moment; so the second sees what they chose.
constexpr Statement kForgetLinksOf{"forget_mail_choice_links_of", R"sql(
    DELETE FROM mail_choice_links WHERE party = ANY ($1::text[]))sql"};
constexpr Statement kForgetStoppedOf{"forget_stopped_mails_of", R"sql(
    DELETE FROM stopped_mails WHERE party = ANY ($1::text[]))sql"};

constexpr Statement kFindLink{"find_mail_choice_link", R"sql(
    SELECT l.party, l.kind, dm_micros(l.expires) AS expires,
           EXISTS (SELECT FROM stopped_mails AS s WHERE s.party = l.party AND s.kind = l.kind)
             AS stopped
    FROM mail_choice_links AS l
    WHERE l.token_hash = $1::bytea AND l.expires > dm_time($2))sql"};
constexpr Statement kHoldLink{"hold_mail_choice_link", R"sql(
    SELECT FROM mail_choice_links WHERE token_hash = $1::bytea FOR SHARE)sql"};
constexpr Statement kStop{"stop_mails", R"sql(
    INSERT INTO stopped_mails (party, kind, since) VALUES ($1, $2, dm_time($3))
    ON CONFLICT ON CONSTRAINT stopped_mails_key DO NOTHING)sql"};
constexpr Statement kResume{"resume_mails",
                            "DELETE FROM stopped_mails WHERE party = $1 AND kind = $2"};

absl::Status LinkUnknown() {
  return MakeError(absl::StatusCode::kNotFound, "no link that can be used",
                   {.reason = "LINK_UNKNOWN",
                    .message_fr = "Ce lien n'est pas ou plus valable. Utilisez celui d'un message "
                                  "plus récent.",
                    .message_en = "This link is not valid, or no longer. Use that of a newer "
                                  "message."});
}

// The kind is known: the table's constraint says so.
MailChoice ReadChoice(const pqxx::row& row) {
  return {.kind = ParseMessageKind(row["kind"].as<std::string>()).value(),
          .stopped = row["stopped"].as<bool>(),
          .expire_time = FromMicros(row["expires"].as<int64_t>())};
}

}  // namespace

void AddMailChoiceLinks(Transaction& transaction, const std::vector<MailChoiceLink>& links,
                        absl::Time now) {
  if (links.empty()) return;
  std::vector<std::string> hashes, parties, kinds;
  for (const MailChoiceLink& link : links) {
    hashes.push_back(ToBytea(link.token_hash));
    parties.push_back(link.party);
    kinds.emplace_back(MessageKindName(link.kind));
  }
  transaction.Exec(kAddLinks, hashes, parties, kinds, ToMicros(now + kMailChoiceLives));
  transaction.Exec(kForgetOldLinks, ToMicros(now));
}

void ForgetMailChoices(Transaction& transaction, const std::vector<std::string>& parties) {
  transaction.Exec(kForgetLinksOf, parties);
  transaction.Exec(kForgetStoppedOf, parties);
}

absl::StatusOr<MailChoice> MailChoiceStore::Find(absl::Time deadline, const std::string& token) {
  const absl::StatusOr<pqxx::result> rows = database_->Query(
      deadline, kFindLink, ToBytea(auth::HashOfLinkToken(token)), ToMicros(clock_->Now()));
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return LinkUnknown();
  return ReadChoice((*rows)[0]);
}

absl::StatusOr<MailChoice> MailChoiceStore::Choose(absl::Time deadline, const std::string& token,
                                                   bool stopped) {
  const std::string hash = ToBytea(auth::HashOfLinkToken(token));
  return database_->Write(deadline, [&](Transaction& transaction) -> absl::StatusOr<MailChoice> {
    const absl::Time now = clock_->Now();
    // Nobody erases the party before this has ended.
    transaction.Exec(kHoldLink, hash);
    const pqxx::result rows = transaction.Exec(kFindLink, hash, ToMicros(now));
    if (rows.empty()) return LinkUnknown();
    MailChoice choice = ReadChoice(rows[0]);
    const std::string party = rows[0]["party"].as<std::string>();
    if (stopped) {
      transaction.Exec(kStop, party, MessageKindName(choice.kind), ToMicros(now));
    } else {
      transaction.Exec(kResume, party, MessageKindName(choice.kind));
    }
    choice.stopped = stopped;
    return choice;
  });
}

}  // namespace dm::notification
