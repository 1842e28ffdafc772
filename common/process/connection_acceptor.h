#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/process/connection_census.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace dm::process {

// Accepts connections in place of gRPC, whose listener (1.51) is deaf for ever once the process has
// run out of descriptors. This one refuses at once, by closing, what is above a limit, what would
// take the last descriptors from the process's own work, and what comes when there are none; as
// soon as there are some again, it accepts again. For one thread, beside the one that it has.
class ConnectionAcceptor {
 public:
  // Takes a connection, a non-blocking socket, and closes it in its own time.
  using Handler = std::function<void(int listener, int connection)>;

  struct Options {
    ConnectionCensus::Limits limits = {};
    // They are a part of the process's own work: a process that is only full must not be taken for
    // one that is dead. Metrics tell this port apart as "health", all others are "grpc".
    bool for_probes = false;
  };
  // Binds; nobody is answered before Start. As address.h's Listen.
  static absl::StatusOr<std::unique_ptr<ConnectionAcceptor>> Open(const std::string& address,
                                                                  const Options& options);
  ~ConnectionAcceptor();

  // The port that was bound, for an address with port 0.
  int port() const { return port_; }

  // `handler` is called on a thread of this object, until Stop returns.
  void Start(Handler handler);
  void Stop();

 private:
  // What to do after one attempt to accept.
  enum class Next { kAcceptMore, kWait, kPause };

  struct Meters {
    explicit Meters(const std::string& port);

    prometheus::Gauge& open;
    prometheus::Counter& accepted;
    prometheus::Counter& over_limit;
    prometheus::Counter& over_limit_of_host;
    prometheus::Counter& no_descriptor;
  };

  ConnectionAcceptor(std::vector<int> sockets, int port, const Options& options);
  void Run();
  void AcceptAll(int listener);
  Next AcceptOne(int listener);
  Next RefuseWithReserve(int listener);
  void Welcome(int listener, int connection, const std::string& host);
  // Waits for connections, or not even for those; false when it is to stop.
  bool Wait(bool for_connections, absl::Duration patience);

  const std::vector<int> listeners_;
  const int port_;
  const bool for_probes_;
  const Meters meters_;
  // Readable once it is to stop.
  const int wake_;
  // Open for nothing but to be closed when there is no other descriptor left to accept with.
  int reserve_;
  Handler handler_;
  // Of the thread.
  ConnectionCensus census_;
  std::vector<int> ready_;
  bool paused_ = false;
  std::thread thread_;
};

}  // namespace dm::process
