#pragma once

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"

#include <cstdint>
#include <functional>
#include <string>

namespace dm::process {

// Which connections of those that were given away are still open, in all and by host. Whoever took
// one closes it without a word, so each is known by the number that the kernel gave its socket and
// that no other socket has before the machine starts again. Thread-compatible.
class ConnectionCensus {
 public:
  struct Limits {
    int total = 4096;
    int of_one_host = 1024;
  };
  enum class Verdict { kAdmitted, kTooMany, kTooManyOfOneHost };

  // The number of the socket behind a descriptor; 0 where there is none.
  using CookieOf = std::function<uint64_t(int descriptor)>;
  static uint64_t CookieOfSocket(int descriptor);

  explicit ConnectionCensus(Limits limits, CookieOf cookie_of = CookieOfSocket);

  // Counts a new connection, if it is one that fits in. `host` as HostOf; an empty one has no limit
  // of its own.
  Verdict Admit(int descriptor, const std::string& host, absl::Time now);
  // Forgets those that are closed.
  void Recount();
  int open() const { return static_cast<int>(open_.size()); }

 private:
  struct Connection {
    uint64_t cookie;
    std::string host;
  };
  using Connections = absl::flat_hash_map<int, Connection>;

  Verdict Judge(const std::string& host) const;
  void Leave(const std::string& host);

  const Limits limits_;
  const CookieOf cookie_of_;
  Connections open_;
  absl::flat_hash_map<std::string, int> of_host_;
  absl::Time recounted_ = absl::InfinitePast();
};

}  // namespace dm::process
