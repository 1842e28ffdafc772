#include "services/gateway/api/public_services.h"

#include "absl/strings/str_cat.h"
#include "common/rpc/peer_table.h"

#include <gtest/gtest.h>

#include <set>

namespace dm::gateway {
namespace {

// With TLS the table of peers says whom the gateway answers: that is all that it shows, no more and
// no less.
TEST(PublicServices, AreThoseThatTheEdgeMayCall) {
  std::set<std::string> shown;
  for (const PublicEntry& entry : PublicTable()) {
    for (int i = 0; i < entry.service->method_count(); ++i) {
      shown.insert(
          absl::StrCat("/", entry.service->full_name(), "/", entry.service->method(i)->name()));
    }
  }
  std::set<std::string> allowed;
  for (const rpc::PeerPolicy& line : rpc::PeerTable()) {
    if (line.server == "gateway") allowed.insert(line.path);
  }
  EXPECT_EQ(shown, allowed);
}

}  // namespace
}  // namespace dm::gateway
