#pragma once

#include "absl/strings/str_join.h"
#include "google/rpc/error_details.pb.h"
#include "services/catalogue/api/offer_exchange_api.h"
#include "tests/integration/catalogue/catalogue_world.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace dm::catalogue {

// A company of the Orne and one of the Calvados.
constexpr char kOrne[] = "00061001400011";
constexpr char kCalvados[] = "00014002000017";

// The client's side of an import without a network.
class ItemReader final : public rpc::Reader<pb::ImportOffersRequest> {
 public:
  // Breaks off after `most` messages, if there are more.
  explicit ItemReader(std::vector<pb::ImportOffersRequest> messages, size_t most = SIZE_MAX)
      : messages_(std::move(messages)), most_(most) {}

  bool Read(pb::ImportOffersRequest* request) override {
    if (next_ >= std::min(messages_.size(), most_)) return false;
    *request = messages_[next_++];
    return true;
  }
  bool BrokenOff() const override { return most_ < messages_.size(); }

 private:
  const std::vector<pb::ImportOffersRequest> messages_;
  const size_t most_;
  size_t next_ = 0;
};

// Keeps what is written, and calls `on_write` before the writing is over.
template <typename Response>
class KeptAnswers final : public rpc::Writer<Response> {
 public:
  bool Write(const Response& response) override {
    answers.push_back(response);
    if (on_write != nullptr) on_write();
    return answers.size() < most;
  }
  bool Cancelled() const override { return false; }

  std::vector<Response> answers;
  std::function<void()> on_write;
  // The caller goes with this one.
  size_t most = SIZE_MAX;
};

// A partner that answers for the Orne, and what it sends.
class ExchangeTest : public CatalogueTest {
 protected:
  ExchangeTest() {
    ImportSeed();
    OpenPartner(partner_, "partner", {"offers.write", "offers.read"});
    OpenPartner(publisher_, "publisher", {"offers.write", "offers.publish"});
  }

  static void OpenPartner(rpc::Call& call, const std::string& subject,
                          std::vector<std::string> scopes) {
    OpenCall(call, {auth::Role::kAnonymous, auth::Role::kPartner});
    call.caller.subject = subject;
    call.caller.territory = {"61"};
    call.caller.scopes = std::move(scopes);
    call.method = "/test/Import";
  }

  static std::string Uuid(int number) {
    return absl::StrCat("019b8dd0-5780-7615-8c22-", 100000000000 + number);
  }

  static pb::ImportStart Start(int run, bool complete = false) {
    pb::ImportStart start;
    start.set_source("jobaway");
    start.set_run(Uuid(run));
    start.set_complete(complete);
    return start;
  }

  // A sound offer with one date.
  pb::PartnerOffer Item(int64_t line, const std::string& key,
                        const std::string& title = "Au coton") const {
    pb::PartnerOffer item;
    item.set_line(line);
    item.set_key(key);
    item.set_company(absl::StrCat("companies/", kOrne));
    item.mutable_offer()->set_profession("professions/H2405");
    item.mutable_offer()->set_title(title);
    item.mutable_offer()->set_description("De la balle de coton au produit fini, en équipe.");
    item.mutable_offer()->add_audiences(type::AUDIENCE_SECONDE);
    AddSession(&item, 10);
    return item;
  }

  void AddSession(pb::PartnerOffer* item, int in_days) const {
    pb::Session& session = *item->add_sessions();
    const int64_t start = absl::ToUnixSeconds(clock_.Now()) + in_days * 86400;
    session.mutable_start_time()->set_seconds(start);
    session.mutable_end_time()->set_seconds(start + 8 * 3600);
    session.set_capacity(4);
  }

  static pb::PartnerOffer Withdrawal(int64_t line, const std::string& key) {
    pb::PartnerOffer item;
    item.set_line(line);
    item.set_key(key);
    item.set_withdrawn(true);
    return item;
  }

  static std::vector<pb::ImportOffersRequest> Messages(const pb::ImportStart& start,
                                                       const std::vector<pb::PartnerOffer>& items) {
    std::vector<pb::ImportOffersRequest> messages(1);
    *messages[0].mutable_start() = start;
    for (const pb::PartnerOffer& item : items) {
      *messages.emplace_back().mutable_offer() = item;
    }
    return messages;
  }

  // What a stream answered, as text: "resume 0", "1 a ADDED", "added 1 …".
  struct Answer {
    absl::Status status;
    std::vector<std::string> lines;
    std::vector<pb::ImportOffersResponse> messages;
  };

  static std::string Text(const pb::ItemResult& item) {
    std::string outcome = pb::ItemResult::Outcome_Name(item.outcome());
    outcome.erase(0, sizeof("OUTCOME_") - 1);
    std::string text = absl::StrCat(item.line(), " ", item.key(), " ", outcome);
    if (!item.has_error()) return text;
    google::rpc::BadRequest bad;
    std::vector<std::string> fields;
    for (const auto& detail : item.error().details()) {
      if (!detail.UnpackTo(&bad)) continue;
      for (const auto& field : bad.field_violations()) fields.push_back(field.field());
    }
    return absl::StrCat(text, " ", item.error().code(), fields.empty() ? "" : " ",
                        absl::StrJoin(fields, " "));
  }
  // "added changed unchanged withdrawn refused archived".
  static std::string Text(const pb::ImportSummary& summary) {
    return absl::StrCat("summary ", summary.added(), " ", summary.changed(), " ",
                        summary.unchanged(), " ", summary.withdrawn(), " ", summary.refused(), " ",
                        summary.archived(), summary.has_incomplete() ? " incomplete" : "");
  }

  Answer Send(const rpc::Call& call, const pb::ImportStart& start,
              const std::vector<pb::PartnerOffer>& items, size_t most = SIZE_MAX) {
    ItemReader reader(Messages(start, items), most);
    KeptAnswers<pb::ImportOffersResponse> writer;
    Answer answer{.status = exchange_.ImportOffers(call, reader, writer)};
    answer.messages = writer.answers;
    for (const pb::ImportOffersResponse& message : writer.answers) {
      if (message.has_resume()) {
        answer.lines.push_back(absl::StrCat("resume ", message.resume().after_line()));
      } else {
        answer.lines.push_back(message.has_item() ? Text(message.item()) : Text(message.summary()));
      }
    }
    return answer;
  }

  // "key state title" of what partners sent.
  std::vector<std::string> Kept() {
    std::vector<std::string> kept;
    for (const pqxx::row& row : Ask({"test_partner_offers", R"sql(
           SELECT concat_ws(' ', p.key, o.state, o.title) FROM partner_offers p
           JOIN offers o ON o.id = p.offer_id ORDER BY p.key)sql"})) {
      kept.emplace_back(row[0].c_str());
    }
    return kept;
  }

  // "open" or "closed" of each session of what partners sent, by start.
  std::vector<std::string> Dates() {
    std::vector<std::string> dates;
    for (const pqxx::row& row : Ask({"test_partner_dates", R"sql(
           SELECT concat_ws(' ', CASE WHEN s.closed THEN 'closed' ELSE 'open' END, s.capacity)
           FROM partner_offers p JOIN sessions s USING (offer_id) ORDER BY s.start_time)sql"})) {
      dates.emplace_back(row[0].c_str());
    }
    return dates;
  }

  int64_t Number(const database::Statement& statement) {
    return Ask(statement)[0][0].as<int64_t>();
  }

  // Imports run on several threads here.
  std::atomic<int> told_ = 0;
  OfferExchangeApi exchange_{database_.get(), &page_tokens_, &clock_, [this] { ++told_; }};
  rpc::Call partner_;
  rpc::Call publisher_;
};

}  // namespace dm::catalogue
