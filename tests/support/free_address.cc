#include "tests/support/free_address.h"

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

namespace dm::testing {

std::string FreeAddress() {
  absl::BitGen random;
  while (true) {
    const int keeper = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (keeper < 0) throw std::runtime_error("no descriptor is left for a socket");
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(absl::Uniform<uint16_t>(random, 12'000, 32'000));
    if (bind(keeper, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
      close(keeper);
      continue;
    }
    // Only now that it is bound: set before, two searches could keep the same port.
    const int on = 1;
    setsockopt(keeper, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    return absl::StrCat("127.0.0.1:", ntohs(address.sin_port));
  }
}

}  // namespace dm::testing
