#pragma once

#include <string>

// The official files, which lie beside the repository: too big for it, and not ours.
namespace dm::testing {

// Where a file or folder of them lies, for instance "rome-4.0-v58".
std::string ReferencePath(const std::string& inside);

// Whether it is there. Where it is not, the test that asks skips itself, but fails in CI: there,
// what nobody notices is not tested.
//   if (!testing::HasReference("geo")) GTEST_SKIP() << "without the reference files";
bool HasReference(const std::string& inside);

// The content; a failure of the test when it cannot be read.
std::string ReadReference(const std::string& inside);

}  // namespace dm::testing
