#pragma once

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "destinationmetier/event/v1/offer_events.pb.h"
#include "services/catalogue/api/offer_api.h"
#include "services/catalogue/api/offer_validation.h"
#include "tests/integration/catalogue/catalogue_world.h"

#include <string>
#include <vector>

namespace dm::catalogue {

constexpr char kParent[] = "companies/00061001400011";

// The life of offers on the seed, with a host of Groupe Lemoine in the Orne, its agency, another
// agency and an operator.
class OfferWorld : public CatalogueTest {
 protected:
  using Record = absl::StatusOr<pb::OfferRecord>;

  OfferWorld() {
    ImportSeed();
    OpenAs(host_, "hote", auth::Role::kHost);
    host_.caller.companies = {kLemoine};
    OpenAs(agency_, "agence", auth::Role::kAgency);
    agency_.caller.territory = {"61"};
    OpenAs(second_, "collegue", auth::Role::kAgency);
    second_.caller.territory = {"61"};
    OpenAs(elsewhere_, "ailleurs", auth::Role::kAgency);
    elsewhere_.caller.territory = {"14"};
    // Whoever speaks for a company does so as a host only.
    elsewhere_.caller.companies = {kLemoine};
    OpenAs(operator_, "operateur", auth::Role::kOperator);
    wakes_ = 0;
  }

  static void OpenAs(rpc::Call& call, const std::string& subject, auth::Role role) {
    OpenCall(call, {auth::Role::kAnonymous, role});
    call.caller.subject = subject;
    call.method = "/destinationmetier.catalogue.v1.OfferService/Any";
  }

  // A request_id that nothing else has.
  std::string Fresh() { return absl::StrCat("019b8dd0-5780-7615-8c22-", 100'000'000'000 + ++ids_); }

  static void At(absl::Time time, google::protobuf::Timestamp* message) {
    message->set_seconds(absl::ToUnixSeconds(time));
  }

  pb::Session SessionAfter(absl::Duration wait, int capacity = 2) const {
    pb::Session session;
    At(clock_.Now() + wait, session.mutable_start_time());
    At(clock_.Now() + wait + absl::Hours(8), session.mutable_end_time());
    session.set_capacity(capacity);
    return session;
  }

  pb::Offer Bakery() const {
    pb::Offer offer;
    offer.set_profession("professions/D1102");
    offer.set_title("Au fournil");
    offer.set_description("Une journée avec l'équipe du fournil, du pétrin au four.");
    offer.add_audiences(type::AUDIENCE_TROISIEME);
    *offer.add_sessions() = SessionAfter(absl::Hours(48));
    return offer;
  }

  pb::CreateOfferRequest ToCreate(const pb::Offer& offer, const std::string& key = "") {
    pb::CreateOfferRequest request;
    request.set_parent(kParent);
    *request.mutable_offer() = offer;
    request.set_key(key);
    request.set_request_id(Fresh());
    return request;
  }

  // What is made of a request that must go through.
  template <typename Answer>
  Answer Must(const absl::StatusOr<Answer>& answer) {
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.value_or(Answer());
  }

  pb::OfferRecord Create() { return Must(offers_.CreateOffer(host_, ToCreate(Bakery()))); }

  template <typename Request>
  Request For(const std::string& name, const std::string& etag = "") {
    Request request;
    request.set_name(name);
    request.set_etag(etag);
    request.set_request_id(Fresh());
    return request;
  }

  // "SUBMIT", "APPROVE" and so on; with a reason where there is one.
  Record Step(const rpc::Call& call, const std::string& step, const std::string& name,
              const std::string& etag = "") {
    constexpr char kReason[] = "Précisez ce que fera le stagiaire.";
    if (step == "SUBMIT") {
      return offers_.SubmitOffer(call, For<pb::SubmitOfferRequest>(name, etag));
    }
    if (step == "APPROVE") {
      return offers_.ApproveOffer(call, For<pb::ApproveOfferRequest>(name, etag));
    }
    if (step == "REJECT") {
      auto request = For<pb::RejectOfferRequest>(name, etag);
      request.set_reason(kReason);
      return offers_.RejectOffer(call, request);
    }
    if (step == "SUSPEND") {
      auto request = For<pb::SuspendOfferRequest>(name, etag);
      request.set_reason(kReason);
      return offers_.SuspendOffer(call, request);
    }
    if (step == "RESUME") {
      return offers_.ResumeOffer(call, For<pb::ResumeOfferRequest>(name, etag));
    }
    EXPECT_EQ(step, "ARCHIVE");
    return offers_.ArchiveOffer(call, For<pb::ArchiveOfferRequest>(name, etag));
  }

  // Published, by the host and its agency.
  std::string Publish() {
    const std::string name = Create().offer().name();
    Must(Step(host_, "SUBMIT", name));
    Must(Step(agency_, "APPROVE", name));
    return name;
  }

  pb::OfferRecord Read(const std::string& name) {
    pb::GetOfferRecordRequest request;
    request.set_name(name);
    return Must(offers_.GetOfferRecord(operator_, request));
  }

  std::string StateOf(const std::string& name) {
    return pb::Offer::State_Name(Read(name).offer().state());
  }

  bool IsFound(const std::string& name) {
    pb::SearchOffersRequest request;
    request.add_companies(kLemoine);
    CatchUp();
    const pb::SearchOffersResponse found = Must(api_.SearchOffers(call_, request));
    for (const pb::Offer& offer : found.offers()) {
      if (offer.name() == name) return true;
    }
    return false;
  }

  // "FROM>TO ACTOR REASON" of each step that was told.
  std::vector<std::string> Told(const std::string& name) {
    std::vector<std::string> lines;
    for (const pqxx::row& row : Ask({"test_steps",
                                     "SELECT subject, payload FROM outbox WHERE type = "
                                     "'destinationmetier.event.v1.OfferChanged' ORDER BY seq"})) {
      event::OfferChanged changed;
      EXPECT_TRUE(changed.ParseFromString(database::FromBytea(row["payload"])));
      EXPECT_EQ(changed.offer(), row["subject"].c_str());
      if (changed.offer() != name) continue;
      lines.push_back(absl::StrCat(changed.from_state(), ">", changed.to_state(), " ",
                                   event::OfferChanged::Actor_Name(changed.actor()).substr(6), " ",
                                   changed.reason()));
    }
    return lines;
  }

  int ids_ = 0;
  OfferApi offers_{database_.get(), &index_, &page_tokens_, &clock_, [this] { ++wakes_; }};
  rpc::Call host_;
  rpc::Call agency_;
  rpc::Call second_;
  rpc::Call elsewhere_;
};

// Fields of a refusal.
inline std::vector<std::string> FieldsOf(const absl::Status& status) {
  std::vector<std::string> fields;
  if (const auto details = GetErrorDetails(status); details.has_value()) {
    for (const FieldViolation& field : details->fields) fields.push_back(field.field);
  }
  return fields;
}

template <typename Request>
std::vector<std::string> FaultsOf(const Request& request) {
  Violations violations;
  Validate(request, violations);
  return FieldsOf(violations.ToStatus());
}

}  // namespace dm::catalogue
