#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/text/csv.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <vector>

namespace dm {
namespace {

using Rows = std::vector<std::vector<std::string>>;

// DM_SEED draws what an earlier run drew.
uint32_t Seed() {
  const char* const given = std::getenv("DM_SEED");
  const uint32_t seed =
      given != nullptr ? static_cast<uint32_t>(std::atoll(given)) : std::random_device{}();
  std::cout << "DM_SEED=" << seed << "\n";
  return seed;
}

// Bytes of which most mean something to a reader of CSV.
std::string RandomText(std::mt19937& random, size_t longest) {
  static constexpr absl::string_view kTelling = "\"\"\"\n\n\r,;,; ab\xC3\xA9\xEF\xBB\xBF";
  std::string text(random() % (longest + 1), ' ');
  for (char& byte : text) {
    byte = random() % 8 == 0 ? static_cast<char>(random() % 256)
                             : kTelling[random() % kTelling.size()];
  }
  return text;
}

std::string Written(const std::string& cell, char separator, bool alone, std::mt19937& random) {
  const bool must = cell.find_first_of("\"\r\n") != std::string::npos ||
                    absl::StrContains(cell, separator) || (alone && cell.empty());
  if (!must && random() % 2 == 0) return cell;
  std::string quoted = "\"";
  for (const char byte : cell)
    absl::StrAppend(&quoted, byte == '"' ? "\"\"" : std::string(1, byte));
  return absl::StrCat(quoted, "\"");
}

TEST(RandomCsv, WhatIsWrittenIsRead) {
  std::mt19937 random(Seed());
  for (int run = 0; run < 2000; ++run) {
    const char separator = random() % 2 == 0 ? ',' : ';';
    Rows rows(1 + random() % 5);
    // A byte order mark, so that none of the first cell's bytes are taken for one.
    std::string file = "\xEF\xBB\xBF";
    for (size_t i = 0; i < rows.size(); ++i) {
      rows[i].resize(1 + random() % 4);
      for (std::string& cell : rows[i]) {
        cell = RandomText(random, 12);
        if (&cell != &rows[i].front()) file.push_back(separator);
        absl::StrAppend(&file, Written(cell, separator, rows[i].size() == 1, random));
      }
      if (i + 1 < rows.size() || random() % 2 == 0) file += random() % 2 == 0 ? "\n" : "\r\n";
      if (random() % 4 == 0 && absl::EndsWith(file, "\n")) file += "\n\r\n";
    }
    CsvReader reader(file, separator);
    Rows read;
    std::vector<std::string> cells;
    for (auto more = reader.Next(&cells); more.ok() && *more; more = reader.Next(&cells)) {
      read.push_back(cells);
    }
    ASSERT_EQ(read, rows) << "run " << run << "\n" << file;
    EXPECT_EQ(reader.fault(), CsvReader::Fault::kNone);
  }
}

// A file of anything ends: in the end of the file or in a refusal with a line of the file.
TEST(RandomCsv, AnyBytesAreReadOrRefused) {
  std::mt19937 random(Seed());
  for (int run = 0; run < 5000; ++run) {
    const std::string file = RandomText(random, 200);
    const size_t most = random() % 3 == 0 ? random() % 20 : file.size();
    const auto lines = 1 + std::count(file.begin(), file.end(), '\n');
    CsvReader reader(file, ',', most);
    std::vector<std::string> cells;
    int last = 0;
    for (size_t records = 0;; ++records) {
      ASSERT_LE(records, file.size()) << "run " << run;
      const auto more = reader.Next(&cells);
      EXPECT_LE(reader.line(), lines);
      if (!more.ok()) {
        EXPECT_NE(reader.fault(), CsvReader::Fault::kNone);
        EXPECT_LE(reader.fault_line(), lines);
        EXPECT_GE(reader.fault_line(), reader.line());
        break;
      }
      if (!*more) break;
      EXPECT_GT(reader.line(), last);
      last = reader.line();
      for (const std::string& cell : cells) EXPECT_LE(cell.size(), most);
    }
  }
}

}  // namespace
}  // namespace dm
