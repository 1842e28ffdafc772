#include "common/text/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dm {
namespace {

using Rows = std::vector<std::vector<std::string>>;

Rows ReadAll(absl::string_view content, char separator = ',') {
  CsvReader reader(content, separator);
  Rows rows;
  std::vector<std::string> cells;
  while (true) {
    const auto more = reader.Next(&cells);
    EXPECT_TRUE(more.ok()) << more.status();
    if (!more.ok() || !*more) return rows;
    rows.push_back(cells);
  }
}

TEST(CsvReaderTest, ReadsWhatRfc4180Says) {
  const struct {
    const char* what;
    const char* content;
    Rows rows;
  } kCases[] = {
      {"nothing", "", {}},
      {"plain", "a,b\nc,d\n", {{"a", "b"}, {"c", "d"}}},
      {"no last line break", "a,b", {{"a", "b"}}},
      {"CRLF", "a,b\r\nc,d\r\n", {{"a", "b"}, {"c", "d"}}},
      {"byte order mark",
       "\xEF\xBB\xBF"
       "a,b",
       {{"a", "b"}}},
      {"empty cells", ",a,\n", {{"", "a", ""}}},
      {"blank lines between records", "a\n\n\r\nb\n", {{"a"}, {"b"}}},
      {"quotes", "\"a,b\",\"c\"\"d\",\"\"\n", {{"a,b", "c\"d", ""}}},
      {"a cell over several lines", "\"a\r\n\nb\",c\n", {{"a\r\n\nb", "c"}}},
      {"a quote inside a plain cell", "a\"b,c\n", {{"a\"b", "c"}}},
  };
  for (const auto& c : kCases) EXPECT_EQ(ReadAll(c.content), c.rows) << c.what;
  EXPECT_EQ(ReadAll("a;b,c\n", ';'), (Rows{{"a", "b,c"}}));
}

TEST(CsvReaderTest, SaysOnWhichLineARecordBegins) {
  CsvReader reader("a\n\n\"b\nb\"\nc\n");
  std::vector<std::string> cells;
  std::vector<int> lines;
  while (*reader.Next(&cells)) lines.push_back(reader.line());
  EXPECT_EQ(lines, (std::vector<int>{1, 3, 5}));
}

TEST(CsvReaderTest, RefusesBrokenQuotesAndSaysWhere) {
  for (const char* content : {"a\n\"b", "a\n\"b\"c\n"}) {
    CsvReader reader(content);
    std::vector<std::string> cells;
    ASSERT_TRUE(reader.Next(&cells).ok());
    EXPECT_FALSE(reader.Next(&cells).ok()) << content;
    EXPECT_EQ(reader.line(), 2) << content;
  }
}

TEST(CsvReaderTest, RefusesACellOfMoreBytesThanItMayHave) {
  for (const char* content : {"a\n\"b\n\",12345\n", "a\n\"b\n\",\"12345"}) {
    CsvReader reader(content, ',', 4);
    std::vector<std::string> cells;
    ASSERT_TRUE(reader.Next(&cells).ok());
    EXPECT_FALSE(reader.Next(&cells).ok()) << content;
    EXPECT_EQ(reader.fault(), CsvReader::Fault::kCellTooLong) << content;
    EXPECT_EQ(reader.line(), 2) << content;
    EXPECT_EQ(reader.fault_line(), 3) << content;
  }
  EXPECT_EQ(ReadAll("1234,\"12\"\"4\"\n"), (Rows{{"1234", "12\"4"}}));
}

}  // namespace
}  // namespace dm
