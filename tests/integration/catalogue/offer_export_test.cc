#include "services/catalogue/store/offer_export.h"

#include "tests/integration/catalogue/exchange_world.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

namespace dm::catalogue {
namespace {

class OfferExportTest : public ExchangeTest {
 protected:
  OfferExportTest() {
    // More than two batches in the Orne.
    Ask({"test_many", R"sql(
INSERT INTO offers (id, siret, key, rome_code, title, description, audiences, accessible,
                    instant_confirmation, demonstration, published, state, publish_time,
                    folded_title, department, sectors, update_time)
SELECT gen_random_uuid(), '00061001400011', 'n' || n, 'H2405', 'n' || n, '', '{1}', false, false,
       true, true, 3, now(), '', '61', '{}', CASE WHEN n <= 3 THEN now() ELSE 'epoch' END
FROM generate_series(1, 500) AS n)sql"});
  }

  using Writer = KeptAnswers<pb::ExportOffersResponse>;

  absl::Status Export(const rpc::Call& call, std::vector<std::string> departments,
                      const std::string& after, Writer& writer) {
    pb::ExportOffersRequest request;
    for (const std::string& code : departments) request.add_departments(code);
    request.set_after(after);
    return exchange_.ExportOffers(call, request, writer);
  }

  // How often each offer was sent.
  static std::map<std::string, int> Sent(const Writer& writer) {
    std::map<std::string, int> sent;
    for (const auto& message : writer.answers) {
      for (const pb::Offer& offer : message.offers()) ++sent[offer.name()];
    }
    return sent;
  }

  std::set<std::string> Published(const std::string& department) {
    std::set<std::string> names;
    for (const pqxx::row& row : Ask({"test_published", R"sql(
           SELECT department, 'offers/' || id FROM offers WHERE published)sql"})) {
      if (department == row[0].c_str()) names.insert(row[1].c_str());
    }
    return names;
  }
};

TEST_F(OfferExportTest, SendsEachOfferOnceWhileOthersComeAndGo) {
  const std::set<std::string> before = Published("61");
  Writer writer;
  int written = 0;
  writer.on_write = [&] {
    ++written;
    Ask({"test_come", R"sql(
INSERT INTO offers (id, siret, key, rome_code, title, description, audiences, accessible,
                    instant_confirmation, demonstration, published, state, publish_time,
                    folded_title, department, sectors)
SELECT gen_random_uuid(), siret, 'later' || gen_random_uuid(), rome_code, 'later', '', audiences,
       false, false, true, true, 3, now(), '', department, sectors
FROM offers WHERE key IN ('n1', 'n2', 'n3'))sql"});
    Ask({"test_go", R"sql(
UPDATE offers SET published = false, state = 5
WHERE id = (SELECT id FROM offers WHERE published AND key LIKE 'n%' ORDER BY id DESC LIMIT 1)
)sql"});
  };
  const absl::Status status = Export(partner_, {"61"}, "", writer);
  ASSERT_TRUE(status.ok()) << status;
  const std::map<std::string, int> sent = Sent(writer);
  for (const auto& [name, times] : sent) EXPECT_EQ(times, 1) << name;
  std::set<std::string> untouched;
  const std::set<std::string> after = Published("61");
  std::set_intersection(before.begin(), before.end(), after.begin(), after.end(),
                        std::inserter(untouched, untouched.end()));
  EXPECT_GE(untouched.size(), 490u);
  for (const std::string& name : untouched) EXPECT_TRUE(sent.contains(name)) << name;
  EXPECT_GE(written, 3);
  for (const auto& message : writer.answers) EXPECT_LE(message.offers_size(), 200);
}

TEST_F(OfferExportTest, ReadsNothingBeforeWhatItReadIsHandedOver) {
  // While the first message is on its way everything else vanishes: nothing of it was read yet, so
  // that however slowly a partner takes it, one batch is all that is held.
  Writer writer;
  writer.on_write = [this] {
    Ask({"test_vanish", "UPDATE offers SET published = false, state = 5 WHERE published"});
  };
  const absl::Status status = Export(partner_, {"61"}, "", writer);
  ASSERT_TRUE(status.ok()) << status;
  ASSERT_EQ(writer.answers.size(), 1u);
  EXPECT_EQ(writer.answers[0].offers_size(), kMostExportedAtOnce);
}

TEST_F(OfferExportTest, GoesOnAfterThePositionThatArrivedLast) {
  operator_.caller.subject = "operator";
  Writer whole;
  ASSERT_TRUE(Export(operator_, {"14", "61"}, "", whole).ok());
  Writer broken;
  broken.most = 2;
  EXPECT_TRUE(absl::IsUnavailable(Export(operator_, {"14", "61"}, "", broken)));
  ASSERT_EQ(broken.answers.size(), 2u);
  Writer rest;
  ASSERT_TRUE(Export(operator_, {"14", "61"}, broken.answers.back().position(), rest).ok());
  std::map<std::string, int> sent = Sent(broken);
  for (const auto& [name, times] : Sent(rest)) sent[name] += times;
  EXPECT_EQ(sent, Sent(whole));
  std::set<std::string> expected = Published("61");
  expected.merge(Published("14"));
  EXPECT_EQ(sent.size(), expected.size());
  // A position belongs to what was asked.
  Writer other;
  EXPECT_EQ(ErrorReasonOf(Export(operator_, {"61"}, broken.answers.back().position(), other)),
            "PAGE_TOKEN_INVALID");
}

TEST_F(OfferExportTest, SendsOnlyWhatChangedSince) {
  pb::ExportOffersRequest request;
  request.add_departments("61");
  request.mutable_changed_since()->set_seconds(absl::ToUnixSeconds(absl::Now()) - 3600);
  Writer writer;
  ASSERT_TRUE(exchange_.ExportOffers(partner_, request, writer).ok());
  for (const auto& [name, times] : Sent(writer)) EXPECT_TRUE(Published("61").contains(name));
  // Those of the seed changed when the test's clock says so, on a day to come or long ago.
  std::set<std::string> titles;
  for (const pb::Offer& offer : writer.answers.at(0).offers()) titles.insert(offer.title());
  EXPECT_TRUE(titles.contains("n1"));
  EXPECT_FALSE(titles.contains("n4"));
}

TEST_F(OfferExportTest, StaysInsideTheTerritoryAndTheScope) {
  Writer writer;
  EXPECT_TRUE(absl::IsNotFound(Export(partner_, {"61", "14"}, "", writer)));
  EXPECT_TRUE(absl::IsPermissionDenied(Export(publisher_, {"61"}, "", writer)));
  EXPECT_TRUE(writer.answers.empty());
  pb::ExportOffersRequest request;
  Violations violations;
  OfferExchangeApi::Validate(request, violations);
  EXPECT_FALSE(violations.empty());
}

}  // namespace
}  // namespace dm::catalogue
