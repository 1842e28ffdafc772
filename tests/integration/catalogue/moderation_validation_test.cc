// Which fields of a request to moderation are wrong.
#include "services/catalogue/api/moderation_validation.h"

#include "common/text/uuid.h"
#include "tests/integration/catalogue/moderation_world.h"

#include <optional>
#include <string>

namespace dm::catalogue {
namespace {

TEST_F(ModerationTest, EveryWrongFieldIsNamed) {
  const auto fields = [](const auto& request) {
    Violations violations;
    Validate(request, violations);
    std::string names;
    if (violations.empty()) return names;
    const std::optional<ErrorDetails> details = GetErrorDetails(violations.ToStatus());
    for (const auto& field : details.value().fields) {
      absl::StrAppend(&names, names.empty() ? "" : " ", field.field);
    }
    return names;
  };
  EXPECT_EQ(fields(BanRequest()), "");
  pb::BanCompanyRequest ban;
  ban.set_justification("Trop court.         \n         ");
  EXPECT_EQ(fields(ban), "name justification request_id");
  ban = BanRequest();
  ban.set_justification(std::string(2001, 'a'));
  EXPECT_EQ(fields(ban), "justification");
  EXPECT_EQ(fields(pb::LiftCompanyBanRequest()), "name request_id");
  EXPECT_EQ(fields(pb::ReportOfferRequest()), "name ground request_id");
  pb::ReportOfferRequest report = ReportRequest(absl::StrCat("offers/", NewUuid(absl::Now())));
  EXPECT_EQ(fields(report), "");
  report.set_ground(pb::OfferReport::GROUND_OTHER);
  report.set_text(" ");
  EXPECT_EQ(fields(report), "text");
  report.set_text(std::string(1001, 'a'));
  EXPECT_EQ(fields(report), "text");
  EXPECT_EQ(fields(pb::ResolveOfferReportRequest()), "name outcome request_id");
  pb::ListOfferReportsRequest list;
  EXPECT_EQ(fields(list), "");
  list.set_offer("offers/1");
  list.set_page_size(-1);
  EXPECT_EQ(fields(list), "offer page_size");
}

}  // namespace
}  // namespace dm::catalogue
