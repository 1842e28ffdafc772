#pragma once

#include "common/text/uuid.h"
#include "services/catalogue/api/moderation_api.h"
#include "tests/integration/catalogue/catalogue_world.h"

#include <string>

namespace dm::catalogue {

inline constexpr char kWhy[] = "Trois familles ont signalé un travail dissimulé.";
inline constexpr database::Statement kPublished{
    "test_published", "SELECT id FROM offers WHERE siret = '00061001400011' AND published"};

// What an agency decides and pupils report, on the seed, with the agency of the Orne and a pupil.
class ModerationTest : public CatalogueTest {
 protected:
  ModerationTest() {
    ImportSeed();
    wakes_ = 0;
  }

  // A call of somebody.
  struct As : rpc::Call {
    As(const std::string& subject, auth::Role role, const std::string& territory = "") {
      OpenCall(*this, {auth::Role::kAnonymous, role});
      caller.subject = subject;
      if (!territory.empty()) caller.territory = {territory};
      method = "/destinationmetier.catalogue.v1.ModerationService/Test";
    }
  };

  static pb::BanCompanyRequest BanRequest(const std::string& request_id = NewUuid(absl::Now())) {
    pb::BanCompanyRequest request;
    request.set_name(absl::StrCat("companies/", kLemoine));
    request.set_justification(kWhy);
    request.set_request_id(request_id);
    return request;
  }

  std::string AnOffer() {
    const auto rows = Ask(kPublished);
    return absl::StrCat("offers/", rows[0]["id"].c_str());
  }

  pb::ReportOfferRequest ReportRequest(const std::string& offer) const {
    pb::ReportOfferRequest request;
    request.set_name(offer);
    request.set_ground(pb::OfferReport::GROUND_DANGEROUS);
    request.set_text("La scie de M. Martin n'a pas de carter.");
    request.set_request_id(NewUuid(absl::Now()));
    return request;
  }

  // In no event, no answer that is kept.
  void ExpectNowhere(const std::string& words) {
    for (const pqxx::row& row : Ask({"test_outbox", "SELECT payload FROM outbox"})) {
      EXPECT_THAT(database::FromBytea(row["payload"]), ::testing::Not(::testing::HasSubstr(words)));
    }
    for (const pqxx::row& row : Ask({"test_answers", "SELECT answer FROM answered_requests"})) {
      EXPECT_THAT(database::FromBytea(row["answer"]), ::testing::Not(::testing::HasSubstr(words)));
    }
  }

  ModerationApi moderation_{database_.get(), &page_tokens_, &clock_, [this] { ++wakes_; }};
  As agency_{"agence-61", auth::Role::kAgency, "61"};
  As pupil_{"eleve", auth::Role::kApplicant};
};

}  // namespace dm::catalogue
