// Reports of offers: who reports what, who reads it, and what the agency makes of it.
#include "common/text/uuid.h"
#include "tests/integration/catalogue/moderation_world.h"

#include <string>
#include <vector>

namespace dm::catalogue {
namespace {

using ::testing::HasSubstr;

TEST_F(ModerationTest, APersonHasOneOpenReportOfAnOffer) {
  const pb::ReportOfferRequest request = ReportRequest(AnOffer());
  const auto first = moderation_.ReportOffer(pupil_, request);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->text(), "") << "only the agency reads it";
  EXPECT_EQ(Events("OfferReported"), 1);
  ExpectNowhere("Martin");
  const auto again = moderation_.ReportOffer(pupil_, request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  const auto second = moderation_.ReportOffer(pupil_, ReportRequest(AnOffer()));
  EXPECT_EQ(second.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ErrorReasonOf(second.status()), "OFFER_REPORTED");
  EXPECT_TRUE(
      moderation_.ReportOffer(As("autre", auth::Role::kHost), ReportRequest(AnOffer())).ok());

  pb::ResolveOfferReportRequest resolve;
  resolve.set_name(first->name());
  resolve.set_outcome(pb::OfferReport::OUTCOME_FOUNDED);
  resolve.set_note("Vu avec M. Martin.");
  resolve.set_request_id(NewUuid(absl::Now()));
  const auto resolved = moderation_.ResolveReport(agency_, resolve);
  ASSERT_TRUE(resolved.ok()) << resolved.status();
  EXPECT_EQ(resolved->outcome(), pb::OfferReport::OUTCOME_FOUNDED);
  EXPECT_TRUE(resolved->has_resolve_time());
  const auto replayed = moderation_.ResolveReport(agency_, resolve);
  ASSERT_TRUE(replayed.ok()) << replayed.status();
  EXPECT_EQ(replayed->SerializeAsString(), resolved->SerializeAsString());
  resolve.set_request_id(NewUuid(absl::Now()));
  EXPECT_EQ(ErrorReasonOf(moderation_.ResolveReport(agency_, resolve).status()), "REPORT_RESOLVED");
  ExpectNowhere("Martin");
  EXPECT_TRUE(moderation_.ReportOffer(pupil_, ReportRequest(AnOffer())).ok());
}

TEST_F(ModerationTest, OnlyWhatIsPublishedCanBeReported) {
  const std::string offer = AnOffer();
  ASSERT_TRUE(moderation_.BanCompany(agency_, BanRequest()).ok());
  for (const std::string& name : {offer, absl::StrCat("offers/", NewUuid(absl::Now()))}) {
    EXPECT_EQ(moderation_.ReportOffer(pupil_, ReportRequest(name)).status().code(),
              absl::StatusCode::kNotFound);
  }
}

TEST_F(ModerationTest, AnAgencyReadsTheReportsOfItsTerritoryAndEveryLookIsKept) {
  const std::string offer = AnOffer();
  std::vector<std::string> names;
  for (int i = 0; i < 5; ++i) {
    clock_.Set(clock_.Now() + absl::Minutes(1));
    const auto report = moderation_.ReportOffer(
        As(absl::StrCat("eleve-", i), auth::Role::kApplicant), ReportRequest(offer));
    ASSERT_TRUE(report.ok()) << report.status();
    names.push_back(report->name());
  }
  pb::ResolveOfferReportRequest resolve;
  resolve.set_name(names[1]);
  resolve.set_outcome(pb::OfferReport::OUTCOME_UNFOUNDED);
  resolve.set_request_id(NewUuid(absl::Now()));
  ASSERT_TRUE(moderation_.ResolveReport(agency_, resolve).ok());
  clock_.Set(clock_.Now() + absl::Minutes(1));

  std::vector<std::string> read;
  pb::ListOfferReportsRequest request;
  request.set_page_size(2);
  do {
    const auto page = moderation_.ListReports(agency_, request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const pb::OfferReport& report : page->reports()) {
      read.push_back(report.name());
      EXPECT_THAT(report.text(), HasSubstr("Martin"));
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(read, std::vector<std::string>({names[0], names[2], names[3], names[4], names[1]}));
  EXPECT_EQ(Ask({"test_reads",
                 "SELECT FROM offer_report_reads WHERE reader = "
                 "'people/agence-61'"})
                .size(),
            6u)
      << "five in the list, one that was answered";

  request.Clear();
  request.set_open_only(true);
  EXPECT_EQ(moderation_.ListReports(agency_, request)->reports_size(), 4);
  const As elsewhere{"agence-14", auth::Role::kAgency, "14"};
  EXPECT_EQ(moderation_.ListReports(elsewhere, {})->reports_size(), 0);
  EXPECT_EQ(moderation_.ListReports(operator_, {})->reports_size(), 5);
  resolve.set_name(names[0]);
  EXPECT_EQ(moderation_.ResolveReport(elsewhere, resolve).status().code(),
            absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace dm::catalogue
