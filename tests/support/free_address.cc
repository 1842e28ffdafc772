#include "tests/support/free_address.h"

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

namespace dm::testing {

std::string FreeAddress() {
  static absl::BitGen random;
  while (true) {
    const int socket_fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(absl::Uniform<uint16_t>(random, 12'000, 32'000));
    const int bound = bind(socket_fd, reinterpret_cast<sockaddr*>(&address), sizeof(address));
    close(socket_fd);
    if (bound == 0) return absl::StrCat("127.0.0.1:", ntohs(address.sin_port));
  }
}

}  // namespace dm::testing
