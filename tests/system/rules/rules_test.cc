// The legal rules as people meet them: a pupil of 14 asks over HTTP, an operator imports a
// calendar.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/text/uuid.h"
#include "common/time/clock.h"
#include "tests/support/suite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <fstream>

namespace dm {
namespace {

using nlohmann::json;
using testing::Finished;
using ::testing::HasSubstr;
using testing::HttpAnswer;
using testing::Suite;

constexpr char kPupil[] = "eleve-14";
constexpr char kHoliday[] = "mini-stage.school-holidays";

struct Session {
  std::string name;
  absl::CivilDay first_day;
  absl::CivilDay last_day;
};

absl::CivilDay DayIn(const json& session, const char* field) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, session.value(field, ""), &time, &error));
  return absl::ToCivilDay(time, ParisTimeZone());
}

class RulesTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    suite_ = new Suite();
    suite_->LoadDemonstration();
    folder_ = ::testing::TempDir() + "/dm-rules-test.XXXXXX";
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
    Write("token", suite_->OperatorToken());
  }
  static void TearDownTestSuite() {
    std::filesystem::remove_all(folder_);
    delete suite_;
    suite_ = nullptr;
  }

  static std::string Write(const std::string& name, const std::string& text) {
    const std::string path = folder_ + "/" + name;
    std::ofstream(path) << text;
    return path;
  }

  // Mini-stages in the Orne that are short enough for 30 hours.
  static std::vector<Session> ShortMiniStages() {
    const HttpAnswer offers = suite_->Get("/v1/offers:search?page_size=100&departments=61");
    EXPECT_EQ(offers.code, 200) << offers.body;
    std::vector<Session> found;
    for (const json& offer : offers.json.value("offers", json::array())) {
      for (const json& session : offer.value("sessions", json::array())) {
        const Session one = {session.value("name", ""), DayIn(session, "startTime"),
                             DayIn(session, "endTime")};
        if (one.last_day - one.first_day < 4) found.push_back(one);
      }
    }
    return found;
  }

  static Finished Import(const std::string& path) {
    return testing::RunProgram(Suite::Program("dm"),
                               {"--address", suite_->grpc_address(), "--token-file",
                                folder_ + "/token", "import", "calendar", path});
  }

  // A calendar of zone B with one holiday, of the week of that day and the next.
  static std::string HolidayAround(absl::CivilDay day) {
    const absl::CivilDay first = absl::PrevWeekday(day, absl::Weekday::saturday);
    const auto year = first.month() < 9 ? first.year() - 1 : first.year();
    return absl::StrCat(
        "libelle;date_debut_incluse;date_fin_incluse;date_reprise;zone;annee_scolaire\n",
        "Vacances d'essai;", absl::FormatCivilTime(first), ";", absl::FormatCivilTime(first + 15),
        ";;Zone B;", year, "-", year + 1, "\n");
  }

  static HttpAnswer Check(const std::string& session) {
    return suite_->Post("/v1/bookings:checkEligibility", {{"session", session}},
                        suite_->PupilToken(kPupil));
  }
  static HttpAnswer Book(const std::string& session) {
    return suite_->Post("/v1/bookings", {{"session", session}, {"requestId", NewUuid(absl::Now())}},
                        suite_->PupilToken(kPupil));
  }

  static json FindingOf(const HttpAnswer& checked, const std::string& rule) {
    for (const json& finding : checked.json.value("findings", json::array())) {
      if (finding.value("rule", "") == rule) return finding;
    }
    ADD_FAILURE() << rule << " was not looked at: " << checked.body;
    return {};
  }

  static Suite* suite_;
  static std::string folder_;
};

Suite* RulesTest::suite_ = nullptr;
std::string RulesTest::folder_;

TEST_F(RulesTest, APupilComesInTheHolidaysThatAreImportedAndAtNoOtherTime) {
  const std::vector<Session> sessions = ShortMiniStages();
  ASSERT_FALSE(sessions.empty());
  const Session in_holidays = sessions.front();
  const Finished imported = Import(Write("calendar.csv", HolidayAround(in_holidays.first_day)));
  ASSERT_EQ(imported.exit_code, 0) << imported.output;
  EXPECT_THAT(imported.output, HasSubstr("school_holidays"));

  // At once, without a restart.
  const HttpAnswer allowed = Check(in_holidays.name);
  ASSERT_EQ(allowed.code, 200) << allowed.body;
  EXPECT_TRUE(allowed.json.value("eligible", false)) << allowed.body;
  EXPECT_TRUE(allowed.json.value("agreementRequired", false));
  EXPECT_TRUE(FindingOf(allowed, kHoliday).value("satisfied", false));
  EXPECT_GE(allowed.json["findings"].size(), 14u);
  for (const json& finding : allowed.json["findings"]) {
    EXPECT_GE(finding.value("version", 0), 1) << finding;
    EXPECT_FALSE(finding.value("sentence", "").empty()) << finding;
    EXPECT_FALSE(finding.value("source", "").empty()) << finding;
  }

  for (const Session& other : sessions) {
    if (other.first_day < in_holidays.first_day + 16) continue;
    const HttpAnswer refused = Check(other.name);
    ASSERT_EQ(refused.code, 200) << refused.body;
    EXPECT_FALSE(refused.json.value("eligible", false));
    EXPECT_THAT(FindingOf(refused, kHoliday).value("sentence", ""),
                HasSubstr("pendant vos vacances scolaires"));
    const HttpAnswer booked = Book(other.name);
    EXPECT_EQ(booked.code, 400) << booked.body;
    EXPECT_THAT(booked.body, HasSubstr("NOT_ELIGIBLE"));
    EXPECT_THAT(booked.body, HasSubstr(kHoliday));
    EXPECT_THAT(booked.body, HasSubstr("pendant vos vacances scolaires"));
    break;
  }

  const HttpAnswer booked = Book(in_holidays.name);
  ASSERT_EQ(booked.code, 200) << booked.body;
  EXPECT_EQ(booked.json["state"], "STATE_PENDING_CONSENT");
  EXPECT_EQ(booked.json["scheme"], allowed.json["scheme"]);
}

TEST_F(RulesTest, ADamagedCalendarIsRefusedWithFileAndLine) {
  const Finished refused =
      Import(Write("damaged.csv",
                   "libelle;date_debut_incluse;date_fin_incluse;date_reprise;zone;annee_scolaire\n"
                   "Vacances de Noël;2026-12-19;2027-01-32;;Zone B;2026-2027\n"));
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.output, HasSubstr("damaged.csv, ligne 2"));
  EXPECT_THAT(refused.output, HasSubstr("date_fin_incluse"));
}

TEST_F(RulesTest, TheCalendarIsNotForEverybodyToImport) {
  Write("pupil", suite_->PupilToken(kPupil));
  const Finished refused =
      testing::RunProgram(Suite::Program("dm"),
                          {"--address", suite_->grpc_address(), "--token-file", folder_ + "/pupil",
                           "import", "calendar", Write("c.csv", HolidayAround({}))});
  EXPECT_EQ(refused.exit_code, 1) << refused.output;
}

TEST_F(RulesTest, BookingDoesNotStartOnRulesWithAMistake) {
  const std::string rules = folder_ + "/rules";
  std::filesystem::create_directory(rules);
  Write("rules/mine.textproto", "# Mine.\nrules { id: \"mine\" schemes: SCHEME_MEETING }\n");
  suite_->process("booking").Signal(SIGTERM);
  ASSERT_TRUE(suite_->process("booking").Wait(absl::Seconds(20)).has_value());
  std::vector<std::string> arguments = suite_->ArgumentsOf("booking");
  arguments.push_back("--rules-folder=" + rules);
  const Finished ended = testing::RunProgram(Suite::Program("dm-booking"), arguments);
  EXPECT_EQ(ended.exit_code, 1) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("mine.textproto:2: mine: it has no version"));
  suite_->Restart("booking");
}

}  // namespace
}  // namespace dm
