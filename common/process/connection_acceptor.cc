#include "common/process/connection_acceptor.h"

#include "common/process/address.h"
#include "common/telemetry/metrics.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>

namespace dm::process {
namespace {

constexpr absl::Duration kRecountEvery = absl::Seconds(1);
// When the system has nothing left to accept with.
constexpr absl::Duration kPause = absl::Milliseconds(20);
// Connections in a row before a look at whether to stop.
constexpr int kInARow = 64;

// Of a clock that is never set: after one that was set back, nothing would be counted anew for so
// long.
absl::Time SteadyNow() {
  return absl::UnixEpoch() + absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

// With a reset, so that nothing of it stays behind.
void Refuse(int connection, prometheus::Counter& counter) {
  const linger at_once = {.l_onoff = 1, .l_linger = 0};
  setsockopt(connection, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  close(connection);
  counter.Increment();
}

int OpenReserve() { return open("/dev/null", O_RDONLY | O_CLOEXEC); }

// Whether this is one of the last descriptors, which are for the process's own work: the system
// gives the lowest that is free. Of probes three quarters of them are the work.
bool IsOneOfTheLast(int descriptor, bool for_probes) {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return false;
  const rlim_t kept = std::min<rlim_t>(64, limit.rlim_cur / 8) / (for_probes ? 4 : 1);
  return static_cast<rlim_t>(descriptor) >= limit.rlim_cur - kept;
}

prometheus::Counter& RefusalsFor(const std::string& port, const char* cause) {
  return telemetry::CounterOf("dm_grpc_connections_refused_total",
                              "Connections that were closed at once",
                              {{"port", port}, {"cause", cause}});
}

}  // namespace

ConnectionAcceptor::Meters::Meters(const std::string& port)
    : open(
          telemetry::GaugeOf("dm_grpc_connections", "Connections that are open", {{"port", port}})),
      accepted(telemetry::CounterOf("dm_grpc_connections_accepted_total",
                                    "Connections that gRPC was given", {{"port", port}})),
      over_limit(RefusalsFor(port, "limit")),
      over_limit_of_host(RefusalsFor(port, "address_limit")),
      no_descriptor(RefusalsFor(port, "descriptors")) {}

absl::StatusOr<std::unique_ptr<ConnectionAcceptor>> ConnectionAcceptor::Open(
    const std::string& address, const Options& options) {
  absl::StatusOr<Listening> listening = Listen(address);
  if (!listening.ok()) return listening.status();
  return std::unique_ptr<ConnectionAcceptor>(
      new ConnectionAcceptor(std::move(listening->sockets), listening->port, options));
}

ConnectionAcceptor::ConnectionAcceptor(std::vector<int> sockets, int port, const Options& options)
    : listeners_(std::move(sockets)),
      port_(port),
      for_probes_(options.for_probes),
      meters_(options.for_probes ? "health" : "grpc"),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      reserve_(OpenReserve()),
      census_(options.limits) {}

ConnectionAcceptor::~ConnectionAcceptor() {
  Stop();
  for (const int listener : listeners_) close(listener);
  if (reserve_ >= 0) close(reserve_);
  close(wake_);
}

void ConnectionAcceptor::Start(Handler handler) {
  handler_ = std::move(handler);
  thread_ = std::thread([this] { Run(); });
}

void ConnectionAcceptor::Stop() {
  if (!thread_.joinable()) return;
  eventfd_write(wake_, 1);
  thread_.join();
  // Who comes now is told that nobody listens, instead of waiting for an answer.
  for (const int listener : listeners_) shutdown(listener, SHUT_RDWR);
}

void ConnectionAcceptor::Run() {
  absl::Time recount = SteadyNow() + kRecountEvery;
  while (Wait(/*for_connections=*/true, std::max(recount - SteadyNow(), absl::ZeroDuration()))) {
    for (const int listener : ready_) AcceptAll(listener);
    if (paused_ && !Wait(/*for_connections=*/false, kPause)) return;
    paused_ = false;
    if (SteadyNow() < recount) continue;
    recount = SteadyNow() + kRecountEvery;
    // Somebody else may have been given it when there was no other.
    if (reserve_ < 0) reserve_ = OpenReserve();
    census_.Recount();
    meters_.open.Set(census_.open());
  }
}

bool ConnectionAcceptor::Wait(bool for_connections, absl::Duration patience) {
  std::vector<pollfd> waited = {{.fd = wake_, .events = POLLIN, .revents = 0}};
  if (for_connections) {
    for (const int listener : listeners_) {
      waited.push_back({.fd = listener, .events = POLLIN, .revents = 0});
    }
  }
  ready_.clear();
  const int milliseconds = static_cast<int>(absl::ToInt64Milliseconds(patience)) + 1;
  if (poll(waited.data(), waited.size(), milliseconds) <= 0) return true;
  for (size_t i = 1; i < waited.size(); ++i) {
    if (waited[i].revents != 0) ready_.push_back(waited[i].fd);
  }
  return waited[0].revents == 0;
}

void ConnectionAcceptor::AcceptAll(int listener) {
  Next next = Next::kAcceptMore;
  for (int i = 0; i < kInARow && next == Next::kAcceptMore; ++i) next = AcceptOne(listener);
  paused_ = paused_ || next == Next::kPause;
}

ConnectionAcceptor::Next ConnectionAcceptor::AcceptOne(int listener) {
  sockaddr_storage peer = {};
  socklen_t size = sizeof(peer);
  const int connection =
      accept4(listener, reinterpret_cast<sockaddr*>(&peer), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (connection >= 0) {
    Welcome(listener, connection, HostOf(peer));
    return Next::kAcceptMore;
  }
  switch (errno) {
    case EAGAIN:
      return Next::kWait;
    case EMFILE:
    case ENFILE:
      return RefuseWithReserve(listener);
    case ENOBUFS:
    case ENOMEM:
    case EBADF:
    case EINVAL:
      return Next::kPause;
    default:
      // A connection that ended before it was accepted, or an error of its network.
      return Next::kAcceptMore;
  }
}

void ConnectionAcceptor::Welcome(int listener, int connection, const std::string& host) {
  if (IsOneOfTheLast(connection, for_probes_)) return Refuse(connection, meters_.no_descriptor);
  switch (census_.Admit(connection, host, SteadyNow())) {
    case ConnectionCensus::Verdict::kTooMany:
      return Refuse(connection, meters_.over_limit);
    case ConnectionCensus::Verdict::kTooManyOfOneHost:
      return Refuse(connection, meters_.over_limit_of_host);
    case ConnectionCensus::Verdict::kAdmitted:
      meters_.accepted.Increment();
      meters_.open.Set(census_.open());
      handler_(listener, connection);
  }
}

// What cannot be accepted stays in the queue and would be reported again and again: so it is let in
// through the door of the reserve, and out.
ConnectionAcceptor::Next ConnectionAcceptor::RefuseWithReserve(int listener) {
  if (reserve_ >= 0) close(reserve_);
  const int connection = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (connection >= 0) Refuse(connection, meters_.no_descriptor);
  reserve_ = OpenReserve();
  return connection >= 0 && reserve_ >= 0 ? Next::kAcceptMore : Next::kPause;
}

}  // namespace dm::process
