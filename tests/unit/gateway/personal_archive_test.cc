// What people are given of what is kept of them: an archive that any program opens, and a page that
// anybody reads.
#include "services/gateway/rights/personal_archive.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/gateway/rights/person_page.h"
#include "services/gateway/rights/zip_archive.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>
#include <zip.h>

#include <map>
#include <string>
#include <vector>

namespace dm::gateway {
namespace {

using destinationmetier::privacy::v1::PersonalData;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Not;

const absl::Time kNow = absl::FromUnixSeconds(1'796'000'000);

// The files of an archive, by name.
std::map<std::string, std::string> FilesIn(const std::string& archive) {
  std::map<std::string, std::string> files;
  zip_source_t* source = zip_source_buffer_create(archive.data(), archive.size(), 0, nullptr);
  zip_t* zip = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, nullptr);
  EXPECT_NE(zip, nullptr);
  if (zip == nullptr) return files;
  for (zip_int64_t i = 0; i < zip_get_num_entries(zip, 0); ++i) {
    zip_stat_t stat;
    EXPECT_EQ(zip_stat_index(zip, static_cast<zip_uint64_t>(i), 0, &stat), 0);
    std::string content(stat.size, '\0');
    zip_file_t* file = zip_fopen_index(zip, static_cast<zip_uint64_t>(i), 0);
    EXPECT_EQ(zip_fread(file, content.data(), content.size()),
              static_cast<zip_int64_t>(content.size()));
    zip_fclose(file);
    files[stat.name] = content;
  }
  zip_discard(zip);
  return files;
}

PersonalData Part() {
  PersonalData part;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(R"json({
    "service": "booking", "title": "Réservations",
    "tables": [
      {"name": "applicants", "title": "Votre profil", "retention": "Trois ans.", "rows": [
        {"birth_date": "2009-05-13", "note": "<script>alert('&')</script>", "proven": true}]},
      {"name": "bookings", "title": "Vos réservations", "retention": "Cinq ans.", "rows": [
        {"state": "CONFIRMED", "version": 3, "at": "2026-11-30T09:05:00.25+00:00"},
        {"state": "UNHEARD_OF", "names": ["a", "b"]}]}],
    "fields": [
      {"code": "birth_date", "text": "Date de naissance"}, {"code": "note", "text": "Note"},
      {"code": "proven", "text": "Vérifiée"}, {"code": "state", "text": "État"},
      {"code": "version", "text": "Version"}, {"code": "at", "text": "Date"},
      {"code": "names", "text": "Noms"}],
    "words": [{"code": "CONFIRMED", "text": "confirmée"}]})json",
                                                          &part)
                  .ok());
  return part;
}

PersonalData Empty(const std::string& service) {
  PersonalData part;
  part.set_service(service);
  part.set_title(absl::StrCat("Partie ", service));
  return part;
}

TEST(PersonalArchiveTest, HoldsAPageAndWhatEachServiceSaidAsItSaidIt) {
  const auto archive = ArchiveOf({Part(), Empty("catalogue")}, "qui@demander.example", kNow);
  ASSERT_TRUE(archive.ok()) << archive.status();
  EXPECT_EQ(archive->content_type(), "application/zip");
  EXPECT_EQ(archive->file_name(), "mes-donnees-2026-11-30.zip");
  const auto files = FilesIn(archive->content());
  ASSERT_THAT(files, ElementsAre(Key("booking.json"), Key("catalogue.json"), Key("index.html")));
  PersonalData read;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(files.at("booking.json"), &read).ok());
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(read, Part()));
  EXPECT_EQ(files.at("index.html"),
            PersonPage({Part(), Empty("catalogue")}, "qui@demander.example", kNow));
}

TEST(PersonalArchiveTest, WhatIsTooLargeIsSaidAndNotCut) {
  PersonalData large = Empty("booking");
  auto* row = large.add_tables()->add_rows();
  // What no compression makes smaller.
  std::string noise;
  uint64_t state = 88172645463325252u;
  while (noise.size() < 9u << 20) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    absl::StrAppend(&noise, absl::Hex(state, absl::kZeroPad16));
  }
  (*row->mutable_fields())["text"].set_string_value(noise);
  const auto archive = ArchiveOf({large}, "", kNow);
  EXPECT_EQ(archive.status().code(), absl::StatusCode::kResourceExhausted);
}

TEST(PersonPageTest, SaysEverythingInFrench) {
  const std::string page = PersonPage({Part(), Empty("catalogue")}, "qui@demander.example", kNow);
  for (const char* said :
       {"<html lang=\"fr\">", "<caption>Votre profil</caption>", "13 mai 2009", "oui",
        "<caption>Vos réservations (1 sur 2)</caption>", "confirmée", "<td>3</td>",
        "lundi 30 novembre 2026 à 10 h 05", "UNHEARD_OF", "a, b", "Cinq ans.",
        "Rien n'est gardé ici.", "qui@demander.example", "CNIL", "booking.json"}) {
    EXPECT_THAT(page, HasSubstr(said));
  }
  EXPECT_THAT(page, Not(HasSubstr("Nous ne gardons rien")));
  EXPECT_THAT(PersonPage({Empty("catalogue")}, "", kNow), HasSubstr("Nous ne gardons rien"));
}

TEST(PersonPageTest, RunsNothingAndFetchesNothing) {
  const std::string page = PersonPage({Part()}, "<b>", kNow);
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;"));
  for (const char* never : {"<script", "src=", "http:", "https:", "url(", "@import", "<b>"}) {
    EXPECT_THAT(page, Not(HasSubstr(never)));
  }
}

// Each heading follows one of its own rank or of the rank above, each table has a caption, and each
// line of it a heading.
TEST(PersonPageTest, IsBuiltForWhoHearsIt) {
  const std::string page = PersonPage({Part(), Empty("catalogue")}, "", kNow);
  int last = 0;
  size_t tables = 0, captions = 0, rows = 0, row_headings = 0;
  for (size_t at = page.find('<'); at != std::string::npos; at = page.find('<', at + 1)) {
    const absl::string_view rest = absl::string_view(page).substr(at);
    if (rest.size() > 3 && rest[1] == 'h' && rest[2] >= '1' && rest[2] <= '6') {
      const int rank = rest[2] - '0';
      EXPECT_LE(rank, last + 1) << rest.substr(0, 40);
      last = rank;
    }
    tables += absl::StartsWith(rest, "<table");
    captions += absl::StartsWith(rest, "<caption");
    rows += absl::StartsWith(rest, "<tr><th scope=\"row\"");
    row_headings += absl::StartsWith(rest, "<th scope=\"row\"");
  }
  EXPECT_EQ(tables, 4u);
  EXPECT_EQ(captions, tables);
  EXPECT_EQ(rows, row_headings);
  EXPECT_GT(rows, 0u);
}

}  // namespace
}  // namespace dm::gateway
