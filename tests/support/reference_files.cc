#include "tests/support/reference_files.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace dm::testing {

std::string ReferencePath(const std::string& inside) { return DM_REFERENCE_FOLDER "/" + inside; }

bool HasReference(const std::string& inside) {
  const bool found = std::filesystem::exists(ReferencePath(inside));
  if (!found && std::getenv("CI") != nullptr)
    ADD_FAILURE() << ReferencePath(inside) << " is missing";
  return found;
}

std::string ReadReference(const std::string& inside) {
  std::ifstream file(ReferencePath(inside), std::ios::binary);
  EXPECT_TRUE(file.is_open()) << ReferencePath(inside);
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

}  // namespace dm::testing
