// The paper of an agreement, read back as its readers do.
#include "services/booking/papers/agreement_paper.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "services/booking/domain/agreement_parties.h"
#include "tests/integration/papers/sample_agreement.h"
#include "tests/support/child_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>

namespace dm::booking {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string Render(const Agreement& agreement) {
  const auto document = agreement.document.empty()
                            ? absl::StatusOr<AgreementDocument>(SampleDocument(agreement))
                            : ParseDocument(agreement.document);
  EXPECT_TRUE(document.ok()) << document.status();
  const auto pdf = RenderAgreement(*document, agreement);
  EXPECT_TRUE(pdf.ok()) << pdf.status();
  return pdf.value_or("");
}

// A PDF as a file for other programs; gone with it.
class PdfFile {
 public:
  explicit PdfFile(const std::string& bytes) {
    char name[] = "/tmp/agreement-XXXXXX";
    const int file = mkstemp(name);
    EXPECT_GE(file, 0);
    close(file);
    path_ = name;
    std::ofstream(path_, std::ios::binary) << bytes;
  }
  ~PdfFile() { std::remove(path_.c_str()); }
  const std::string& path() const { return path_; }

  // What a program of poppler prints of it.
  std::string Read(const std::string& program, std::vector<std::string> arguments = {}) const {
    arguments.push_back(path_);
    if (program == "pdftotext") arguments.push_back("-");
    const testing::Finished finished = testing::RunProgram(program, arguments);
    EXPECT_EQ(finished.exit_code, 0) << finished.output;
    return finished.output;
  }

 private:
  std::string path_;
};

// Its text, in the order of the page, with single spaces.
std::string TextOf(const std::string& pdf) {
  const std::string text = PdfFile(pdf).Read("pdftotext", {"-raw"});
  std::string single;
  for (const absl::string_view word :
       absl::StrSplit(text, absl::ByAnyChar(" \n\f"), absl::SkipEmpty())) {
    absl::StrAppend(&single, single.empty() ? "" : " ", word);
  }
  return single;
}

// What the paper must say of a text that somebody wrote.
std::string InOneLine(const std::string& text) { return absl::StrReplaceAll(text, {{"\n", " "}}); }

TEST(AgreementPaperTest, SaysAllThatTheAgreementSays) {
  const Agreement agreement = FinishedAgreement();
  const std::string text = TextOf(Render(agreement));
  const AgreementContent& content = agreement.content;
  for (const std::string& said :
       {std::string("Convention de mini-stage de découverte professionnelle"),
        std::string("Découvrir la boulangerie"),
        content.young.given_name,
        content.young.family_name,
        std::string("1er mars 2012"),
        std::string("Élève de 3e, 3e B"),
        std::string("12 rue des Lilas, 61100 Flers"),
        content.young.emergency_name,
        content.young.emergency_phone,
        content.guardian.name,
        content.guardian.email,
        content.guardian.phone,
        content.host.legal_name,
        std::string("900 000 019 00019"),
        content.tutor.name,
        content.tutor.function,
        content.tutor.email,
        content.tutor.phone,
        content.school.uai,
        content.school.name,
        content.school.address,
        content.school.referent_name,
        content.school.referent_email,
        content.stay.profession,
        content.stay.profession_title,
        InOneLine(content.stay.objectives),
        content.stay.activities,
        content.stay.supervision,
        content.stay.safety,
        content.stay.transport,
        content.stay.meals,
        content.insurance.applicant_insurer,
        content.insurance.applicant_policy,
        content.insurance.host_insurer,
        content.insurance.host_policy,
        std::string("Chambre de commerce et d'industrie"),
        std::string("Orne (61)"),
        agreement.id}) {
    EXPECT_THAT(text, HasSubstr(said));
  }
}

TEST(AgreementPaperTest, TellsTheHoursDayByDay) {
  const std::string text = TextOf(Render(FinishedAgreement()));
  EXPECT_THAT(text, HasSubstr("lundi 21 décembre 2026 de 9 h à 16 h 30 60 min 6 h 30"));
  EXPECT_THAT(text, HasSubstr("jeudi 24 décembre 2026 de 9 h à 16 h 30 60 min 6 h 30"));
  EXPECT_THAT(text, HasSubstr("Soit 4 jours et 26 h de présence, pauses déduites."));
}

TEST(AgreementPaperTest, NamesEveryRuleWithItsVersionSentenceAndSource) {
  const std::string text = TextOf(Render(FinishedAgreement()));
  EXPECT_THAT(text, HasSubstr("dans leur version applicable le 22 novembre 2026"));
  for (const RuleFinding& finding : SampleFindings()) {
    EXPECT_THAT(text, HasSubstr(absl::StrCat(finding.rule)));
    EXPECT_THAT(text, HasSubstr(absl::StrCat("version ", finding.version)));
    EXPECT_THAT(text, HasSubstr(finding.sentence_fr));
    EXPECT_THAT(text, HasSubstr(finding.source));
  }
}

TEST(AgreementPaperTest, ShowsWhoSignedWhenHowAndWhat) {
  const Agreement agreement = SignedAgreement(AgreementState::kSigning, 2);
  const std::string text = TextOf(Render(agreement));
  EXPECT_THAT(text, HasSubstr("EN COURS DE SIGNATURE"));
  EXPECT_THAT(text, HasSubstr("2026-11-23 17:00:00 UTC"));
  EXPECT_THAT(text, HasSubstr("2026-11-23 17:01:00 UTC"));
  EXPECT_THAT(text, HasSubstr("Compte de la plateforme et code à usage unique"));
  EXPECT_THAT(text, HasSubstr("Lien personnel et code à usage unique"));
  // Two of four have yet to sign, and nobody has reviewed it.
  EXPECT_THAT(text, HasSubstr("Marc Dufour en attente"));
  EXPECT_THAT(text, HasSubstr("Claire Martin en attente"));
  std::string hash = text;
  absl::StrReplaceAll({{" ", ""}}, &hash);
  EXPECT_THAT(hash, HasSubstr(agreement.document_hash));
  EXPECT_THAT(text, HasSubstr("Validation, par une seconde personne : en attente"));
}

TEST(AgreementPaperTest, ShowsBothStepsOfTheVisaAndTheReports) {
  const std::string text = TextOf(Render(FinishedAgreement()));
  EXPECT_THAT(text, HasSubstr("mercredi 25 novembre 2026 à 9 h, par l'agent agent-61-1"));
  EXPECT_THAT(text, HasSubstr("jeudi 26 novembre 2026 à 15 h 30, par l'agent agent-61-2"));
  EXPECT_THAT(text, HasSubstr("Convention validée : le séjour peut avoir lieu."));
  EXPECT_THAT(text, HasSubstr("Curieuse, ponctuelle, à l'aise avec la clientèle."));
  EXPECT_THAT(text, HasSubstr("Se lever tôt est difficile, mais le métier me plaît."));
}

TEST(AgreementPaperTest, SaysOnEveryPageWhereItStands) {
  const struct {
    AgreementState state;
    const char* word;
  } kCases[] = {{AgreementState::kDraft, "PROJET"},
                {AgreementState::kValidated, "VALIDÉE"},
                {AgreementState::kRejected, "REFUSÉE"},
                {AgreementState::kCancelled, "ANNULÉE"},
                {AgreementState::kExpired, "CADUQUE"}};
  for (const auto& c : kCases) {
    Agreement agreement = SampleAgreement();
    agreement.state = c.state;
    const PdfFile file(Render(agreement));
    const std::string facts = file.Read("pdfinfo");
    const size_t at = facts.find("Pages:");
    ASSERT_NE(at, std::string::npos);
    const int pages = std::atoi(facts.c_str() + at + 6);
    ASSERT_GE(pages, 2);
    for (int page = 1; page <= pages; ++page) {
      const std::string number = absl::StrCat(page);
      EXPECT_THAT(file.Read("pdftotext", {"-f", number, "-l", number}),
                  HasSubstr(absl::StrCat("État : ", c.word)))
          << "page " << page;
    }
  }
}

TEST(AgreementPaperTest, NumbersItsPages) {
  const PdfFile file(Render(FinishedAgreement()));
  const std::string facts = file.Read("pdfinfo");
  EXPECT_THAT(facts, HasSubstr("A4"));
  const int pages = std::atoi(facts.c_str() + facts.find("Pages:") + 6);
  for (int page = 1; page <= pages; ++page) {
    const std::string number = absl::StrCat(page);
    EXPECT_THAT(file.Read("pdftotext", {"-f", number, "-l", number}),
                HasSubstr(absl::StrCat("Page ", page, " / ", pages)));
  }
}

TEST(AgreementPaperTest, TellsNothingOfPeopleInItsMetadata) {
  const std::string facts = PdfFile(Render(FinishedAgreement())).Read("pdfinfo");
  EXPECT_THAT(facts, HasSubstr("Convention de mini-stage"));
  EXPECT_THAT(facts, HasSubstr("Convention 01934f6a-0000-7000-8000-000000000001"));
  // That of the agreement's version, not of the printing.
  EXPECT_THAT(facts, HasSubstr("CreationDate:    Mon Dec 28 09:00:00 2026 UTC"));
  EXPECT_THAT(facts, HasSubstr("ModDate:         Mon Dec 28 09:00:00 2026 UTC"));
  for (const char* name : {"Zoé", "Lecœur", "Dufour", "Martin", "exemple.fr"}) {
    EXPECT_THAT(facts, Not(HasSubstr(name)));
  }
}

TEST(AgreementPaperTest, EmbedsItsFonts) {
  const std::string fonts = PdfFile(Render(FinishedAgreement())).Read("pdffonts");
  EXPECT_THAT(fonts, HasSubstr("LiberationSans"));
  for (const absl::string_view line : absl::StrSplit(fonts, '\n')) {
    if (!absl::StrContains(line, "Liberation")) continue;
    EXPECT_THAT(std::string(line), HasSubstr("yes yes"));
  }
}

TEST(AgreementPaperTest, PrintedAgainItIsTheSameToTheByte) {
  const std::string first = Render(FinishedAgreement());
  // What is printed in between leaves no trace.
  Render(SampleAgreement());
  EXPECT_TRUE(first == Render(FinishedAgreement()));
}

// Said by one process, compared by another below.
TEST(AgreementPaperTest, HasAHash) {
  const std::string hash = HexHash(Render(FinishedAgreement()));
  EXPECT_TRUE(IsHexHash(hash));
  std::printf("paper %s\n", hash.c_str());
}

TEST(AgreementPaperTest, PrintedByAnotherProcessItIsTheSameToTheByte) {
  const std::string expected = absl::StrCat("paper ", HexHash(Render(FinishedAgreement())));
  const testing::Finished other = testing::RunProgram(
      "/proc/self/exe",
      {"--gtest_also_run_disabled_tests", "--gtest_filter=AgreementPaperTest.HasAHash"});
  ASSERT_EQ(other.exit_code, 0) << other.output;
  EXPECT_THAT(other.output, HasSubstr(expected));
}

TEST(AgreementPaperTest, PrintedOnManyThreadsAtOnceItIsTheSame) {
  const std::string expected = Render(FinishedAgreement());
  std::vector<std::thread> threads;
  std::vector<std::string> papers(8);
  for (std::string& paper : papers) {
    threads.emplace_back([&paper] { paper = Render(FinishedAgreement()); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& paper : papers) EXPECT_TRUE(paper == expected);
}

TEST(AgreementPaperTest, EveryFieldAsLongAsItMayBeStillFitsItsPages) {
  Agreement agreement = SampleAgreement();
  AgreementContent& content = agreement.content;
  const auto long_text = [](size_t characters) {
    std::string text;
    while (text.size() + 8 <= characters) text += "Bocage, ";
    return text + "fin";
  };
  content.young.given_name = std::string(80, 'W');
  content.young.family_name = std::string(80, 'W');
  content.young.address = long_text(190);
  content.host.legal_name = std::string(150, 'W');
  content.host.workplace = long_text(190);
  content.tutor.email = std::string(64, 'm') + "@" + std::string(60, 'n') + ".exemple.fr";
  content.stay.objectives = long_text(1990);
  content.stay.activities = std::string(1000, '\n') + long_text(990);
  content.stay.supervision = long_text(990);
  content.stay.safety = long_text(990);
  content.stay.transport = long_text(490);
  content.stay.schedule.clear();
  for (int day = 1; day <= kMostScheduleDays; ++day) {
    content.stay.schedule.push_back({absl::CivilDay(2026, 12, day), 480, 1020, 60});
  }
  const PdfFile file(Render(agreement));
  const std::string text = file.Read("pdftotext", {"-raw"});
  EXPECT_THAT(text, HasSubstr("jeudi 31 décembre 2026"));
  // Nothing stands below the bottom of a page or beside it.
  const std::string boxes = file.Read("pdftotext", {"-bbox"});
  int words = 0;
  for (const absl::string_view line : absl::StrSplit(boxes, '\n')) {
    const size_t right = line.find("xMax=\"");
    const size_t bottom = line.find("yMax=\"");
    if (right == absl::string_view::npos) continue;
    ++words;
    double x = 0;
    double y = 0;
    ASSERT_TRUE(absl::SimpleAtod(line.substr(right + 6, line.substr(right + 6).find('"')), &x));
    ASSERT_TRUE(absl::SimpleAtod(line.substr(bottom + 6, line.substr(bottom + 6).find('"')), &y));
    EXPECT_LT(x, 595.3 - 40) << line;
    EXPECT_LT(y, 841.9 - 15) << line;
  }
  EXPECT_GT(words, 500);
}

TEST(AgreementPaperTest, WhatLooksLikeMarkupIsPrintedAsItIs) {
  Agreement agreement = SampleAgreement();
  agreement.content.stay.activities = "<b>gras</b> & \"guillemets\" %s \\n";
  EXPECT_THAT(TextOf(Render(agreement)), HasSubstr("<b>gras</b> & \"guillemets\" %s \\n"));
}

TEST(AgreementPaperTest, ThePapersOfAllSchemesHaveATitleAndAFrame) {
  for (const AgreementKind& kind : AllAgreementKinds()) {
    Agreement agreement = SampleAgreement();
    agreement.scheme = kind.scheme;
    const std::string text = TextOf(Render(agreement));
    EXPECT_THAT(text, HasSubstr(std::string(kind.title_fr)));
    EXPECT_THAT(text, HasSubstr(std::string(kind.visa_fr)));
    EXPECT_THAT(text, HasSubstr("Elle est conclue dans le cadre"));
  }
}

}  // namespace
}  // namespace dm::booking
