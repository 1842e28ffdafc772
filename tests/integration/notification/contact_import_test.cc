#include "services/notification/api/import_api.h"
#include "tests/integration/notification/notification_world.h"
#include "tests/support/upload_call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace dm::notification {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

namespace pb = destinationmetier::type::v1;

class Answers final : public rpc::Writer<pb::FileImportResponse> {
 public:
  bool Write(const pb::FileImportResponse& response) override {
    responses.push_back(response);
    return true;
  }
  bool Cancelled() const override { return cancelled; }

  std::vector<pb::FileImportResponse> responses;
  bool cancelled = false;
};

class ContactImportTest : public NotificationTest {
 protected:
  absl::Status Import(const std::vector<std::string>& files, bool validate_only = false) {
    std::vector<pb::FileImportRequest> messages(1);
    messages[0].mutable_start()->set_kind("contacts");
    messages[0].mutable_start()->set_validate_only(validate_only);
    for (size_t i = 0; i < files.size(); ++i) {
      messages.emplace_back().mutable_chunk()->set_file(absl::StrCat("contacts", i + 1, ".csv"));
      messages.back().mutable_chunk()->set_content(files[i]);
    }
    testing::UploadReader reader(std::move(messages));
    answers_.responses.clear();
    rpc::Call call;
    call.caller = caller_;
    call.deadline = Soon();
    return api_.ImportFiles(call, reader, answers_);
  }

  // "read added changed" of the report, which is the last answer.
  std::string Report() const {
    if (answers_.responses.empty() || !answers_.responses.back().has_report()) return "none";
    const auto& tables = answers_.responses.back().report().tables();
    const auto table = tables.find("contacts");
    if (table == tables.end()) return "no table";
    return absl::StrCat(table->second.read(), " ", table->second.added(), " ",
                        table->second.changed());
  }

  static auth::Caller Operator() {
    return {.subject = "root", .roles = {auth::Role::kAnonymous, auth::Role::kOperator}};
  }

  std::string EmailOf(const std::string& party) {
    const auto found = contacts_.Find(Soon(), party);
    return found.ok() && found->has_value() ? (*found)->contact.email : "";
  }

  auth::Caller caller_ = {.subject = "agent",
                          .roles = {auth::Role::kAnonymous, auth::Role::kAgency},
                          .territory = {"61"}};
  Answers answers_;
  int released_ = 0;
  ImportApi api_{&contacts_, &clock_, [this] { ++released_; }};
};

TEST_F(ContactImportTest, AddsChangesAndLeavesAlone) {
  EXPECT_TRUE(Import({"party,display_name,email\n"
                      "people/ana,Ana,ana@x.example\n"
                      "companies/00061001400011,\"Lemoine, groupe\",c@l.example\n"})
                  .ok());
  EXPECT_EQ(Report(), "2 2 0");
  EXPECT_EQ(released_, 1);
  caller_ = Operator();
  // Two files, another order of columns, a byte order mark, CRLF.
  EXPECT_TRUE(Import({"\xEF\xBB\xBF"
                      "email,party,display_name\r\nnew@x.example,people/ana,Ana\r\n",
                      "party,display_name,email\n"
                      "companies/00061001400011,\"Lemoine, groupe\",c@l.example\n"
                      "ambassadors/j,Jeanne,j@l.example\n"})
                  .ok());
  EXPECT_EQ(Report(), "3 1 1");
  EXPECT_EQ(EmailOf("people/ana"), "new@x.example");
  EXPECT_EQ((*contacts_.Find(Soon(), kLemoine))->version, 1);
  EXPECT_EQ((*contacts_.Find(Soon(), kAna))->version, 2);
}

TEST_F(ContactImportTest, RefusesTheWholeListForOneWrongLineAndSaysWhich) {
  struct Case {
    const char* what;
    const char* content;
    const char* line;
  };
  const Case cases[] = {
      {"empty", "", "0"},
      {"other columns", "party,email\n", "1"},
      {"one column twice", "party,party,email\n", "1"},
      {"a column too many", "party,display_name,email,phone\n", "1"},
      {"a cell too few", "party,display_name,email\npeople/b,B,b@x.example\npeople/c,C\n", "3"},
      {"no party", "party,display_name,email\npeople/b,B,b@x.example\n\nperson/c,C,c@x.example\n",
       "4"},
      {"nobody in particular", "party,display_name,email\npeople/me,B,b@x.example\n", "2"},
      {"no address", "party,display_name,email\npeople/b,B,secret-address\n", "2"},
      {"a line break in a name", "party,display_name,email\npeople/b,\"B\nC\",b@x.example\n", "2"},
      {"not UTF-8", "party,display_name,email\npeople/b,\xe9l\xe8ve,b@x.example\n", "2"},
      {"an open quote", "party,display_name,email\npeople/b,\"B,secret-address@x.example\n", "2"},
      {"a party twice",
       "party,display_name,email\npeople/b,B,b@x.example\npeople/b,B,secret-address@x.example\n",
       "3"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    const absl::Status status = Import({c.content});
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    const auto details = GetErrorDetails(status);
    ASSERT_TRUE(details.has_value());
    EXPECT_EQ(details->reason, "IMPORT_REFUSED");
    EXPECT_EQ(details->metadata.at("file"), "contacts1.csv");
    EXPECT_EQ(details->metadata.at("line"), c.line);
    EXPECT_THAT(absl::StrCat(status.message(), details->message_fr, details->message_en),
                Not(HasSubstr("secret-address")));
    EXPECT_THAT(EmailOf("people/b"), IsEmpty());
  }
  EXPECT_EQ(released_, 0);
}

TEST_F(ContactImportTest, APartyMayNotStandInTwoFiles) {
  const absl::Status status = Import({"party,display_name,email\npeople/b,B,b@x.example\n",
                                      "party,display_name,email\npeople/b,B,b@x.example\n"});
  EXPECT_EQ(GetErrorDetails(status)->metadata.at("file"), "contacts2.csv");
}

TEST_F(ContactImportTest, AnAgentsListNamesNoOtherAgency) {
  const char* const kOwn = "party,display_name,email\nagencies/61,Orne,a@x.example\n";
  const char* const kOther =
      "party,display_name,email\npeople/b,B,b@x.example\nagencies/14,Calvados,c@x.example\n";
  EXPECT_TRUE(Import({kOwn}).ok());
  EXPECT_EQ(EmailOf("agencies/61"), "a@x.example");
  EXPECT_EQ(GetErrorDetails(Import({kOther}))->metadata.at("line"), "3");
  EXPECT_THAT(EmailOf("people/b"), IsEmpty());
  caller_ = Operator();
  EXPECT_TRUE(Import({kOther}).ok());
  EXPECT_EQ(EmailOf("agencies/14"), "c@x.example");
}

TEST_F(ContactImportTest, AnAgentsListSetsFirstContactsAndReplacesNone) {
  const char* const kFirst =
      "party,display_name,email\npeople/ana,Ana,ana@x.example\nagencies/61,Orne,a@x.example\n";
  ASSERT_TRUE(Import({kFirst}).ok());
  // The list again, longer: what is there already is no error.
  const std::string longer = absl::StrCat(kFirst, "people/b,B,b@x.example\n");
  EXPECT_TRUE(Import({longer}).ok());
  EXPECT_EQ(Report(), "3 1 0");
  SetContact(kAna, "Ana", "own@x.example");
  released_ = 0;
  for (const bool validate_only : {true, false}) {
    const absl::Status refused =
        Import({"party,display_name,email\npeople/c,C,c@x.example\n",
                "party,display_name,email\nagencies/61,Orne,new@x.example\n"
                "people/ana,Ana,ana@x.example\npeople/b,B,other@x.example\n"},
               validate_only);
    EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
    const auto details = GetErrorDetails(refused);
    ASSERT_TRUE(details.has_value()) << refused;
    EXPECT_EQ(details->reason, "IMPORT_REFUSED");
    EXPECT_EQ(details->metadata.at("file"), "contacts2.csv");
    EXPECT_EQ(details->metadata.at("line"), "3");
    EXPECT_THAT(absl::StrCat(refused.message(), details->message_fr, details->message_en),
                Not(HasSubstr("x.example")));
    EXPECT_THAT(details->message_fr, HasSubstr("a déjà d'autres coordonnées"));
  }
  EXPECT_EQ(released_, 0);
  EXPECT_EQ(EmailOf("people/ana"), "own@x.example");
  EXPECT_EQ(EmailOf("agencies/61"), "a@x.example");
  EXPECT_THAT(EmailOf("people/c"), IsEmpty());
}

TEST_F(ContactImportTest, FindsWhatIsBoundAlsoFarDownTheList) {
  SetContact(kAna, "Ana", "own@x.example");
  std::string list = "party,display_name,email\n";
  for (int i = 0; i < 1500; ++i) absl::StrAppend(&list, "people/p", i, ",P,p", i, "@x.example\n");
  EXPECT_EQ(GetErrorDetails(Import({list + "people/ana,Ana,ana@x.example\n"}))->metadata.at("line"),
            "1502");
  EXPECT_THAT(EmailOf("people/p0"), IsEmpty());
}

TEST_F(ContactImportTest, ValidationChangesNothing) {
  EXPECT_TRUE(Import({"party,display_name,email\npeople/ana,Ana,ana@x.example\n"}, true).ok());
  EXPECT_EQ(Report(), "1 1 0");
  EXPECT_THAT(EmailOf("people/ana"), IsEmpty());
  EXPECT_EQ(released_, 0);
}

TEST_F(ContactImportTest, StopsWhenTheCallerHasGone) {
  answers_.cancelled = true;
  EXPECT_EQ(Import({"party,display_name,email\npeople/ana,Ana,ana@x.example\n"}).code(),
            absl::StatusCode::kCancelled);
  EXPECT_THAT(EmailOf("people/ana"), IsEmpty());
}

TEST_F(ContactImportTest, ReleasesWhatWaited) {
  ScheduleSession();
  TakeSteps({{.event = 1, .from = "PENDING_HOST", .to = "DECLINED"}});
  EXPECT_TRUE(Import({"party,display_name,email\npeople/ana,Ana,ana@x.example\n"}).ok());
  EXPECT_THAT(Messages(), ElementsAre("people/ana DECLINED ready 0"));
}

TEST_F(ContactImportTest, TakesTheListOfTheSeed) {
  std::ifstream file("deploy/local/seed/contacts.csv");
  std::stringstream content;
  content << file.rdbuf();
  caller_.roles = {auth::Role::kAnonymous, auth::Role::kOperator};
  const absl::Status status = Import({content.str()});
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_THAT(EmailOf("companies/00061001400011"), Not(IsEmpty()));
}

TEST_F(ContactImportTest, TakesManyRows) {
  std::string list = "party,display_name,email\n";
  for (int i = 0; i < 2500; ++i) absl::StrAppend(&list, "people/p", i, ",P,p", i, "@x.example\n");
  EXPECT_TRUE(Import({list}).ok());
  EXPECT_EQ(Report(), "2500 2500 0");
}

}  // namespace
}  // namespace dm::notification
