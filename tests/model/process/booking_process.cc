#include "tests/model/process/booking_process.h"

#include "absl/strings/str_cat.h"
#include "tests/support/free_address.h"
#include "tests/support/http.h"
#include "tests/support/suite.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace dm::model {
namespace {

std::string NewFolder() {
  char name[] = "/tmp/dm-booking-XXXXXX";
  EXPECT_NE(mkdtemp(name), nullptr);
  return name;
}

}  // namespace

BookingProcess::BookingProcess(const std::vector<std::string>& database_flags,
                               const auth::TokenSigner& signer,
                               const std::vector<std::string>& flags)
    : folder_(NewFolder()), address_(testing::FreeAddress()), admin_(testing::FreeAddress()) {
  std::ofstream(folder_ + "/jwks.json") << signer.Jwks();
  std::ofstream(folder_ + "/page-token-key") << std::string(64, 'k');
  const std::string nowhere = testing::FreeAddress();
  arguments_ = {"--listen=" + address_,
                "--admin-listen=" + admin_,
                "--jwks-file=" + folder_ + "/jwks.json",
                "--page-token-key-file=" + folder_ + "/page-token-key",
                "--catalogue-address=" + nowhere,
                "--ambassador-address=" + nowhere,
                "--notification-address=" + nowhere,
                "--drain-time=1s"};
  arguments_.insert(arguments_.end(), database_flags.begin(), database_flags.end());
  arguments_.insert(arguments_.end(), flags.begin(), flags.end());
}

BookingProcess::~BookingProcess() {
  process_.reset();
  std::filesystem::remove_all(folder_);
}

void BookingProcess::Start() {
  process_ = std::make_unique<testing::ChildProcess>(testing::Suite::Program("dm-booking"),
                                                     arguments_, folder_ + "/log");
}

void BookingProcess::Kill() {
  process_->Signal(SIGKILL);
  EXPECT_EQ(process_->Wait(absl::Seconds(20)), 128 + SIGKILL) << Log();
}

bool BookingProcess::IsReady() const {
  return testing::Fetch({.url = "http://" + admin_ + "/readyz"}).code == 200;
}

std::string BookingProcess::Log() const {
  std::ifstream file(folder_ + "/log", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace dm::model
