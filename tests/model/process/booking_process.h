#pragma once

#include "common/auth/token_signer.h"
#include "tests/support/child_process.h"

#include <memory>
#include <string>
#include <vector>

namespace dm::model {

// The program dm-booking on a database that is there already, without the rest of the suite: the
// feeds of sessions that it asks for are nowhere. For the test's main thread.
class BookingProcess {
 public:
  BookingProcess(const std::vector<std::string>& database_flags, const auth::TokenSigner& signer,
                 const std::vector<std::string>& flags);
  ~BookingProcess();

  // kill -9, and until it is gone.
  void Kill();
  void Start();
  // Whether it may be sent calls now.
  bool IsReady() const;

  // "127.0.0.1:port" of its gRPC server, the same after every start.
  const std::string& address() const { return address_; }
  // What it wrote since the first start.
  std::string Log() const;

 private:
  const std::string folder_;
  const std::string address_;
  const std::string admin_;
  std::vector<std::string> arguments_;
  std::unique_ptr<testing::ChildProcess> process_;
};

}  // namespace dm::model
