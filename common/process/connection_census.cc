#include "common/process/connection_census.h"

#include <sys/socket.h>

#include <utility>

namespace dm::process {
namespace {

// Who storms a full house must not keep it busy with counting.
constexpr absl::Duration kRecountAtMostEvery = absl::Milliseconds(20);

}  // namespace

uint64_t ConnectionCensus::CookieOfSocket(int descriptor) {
  uint64_t cookie = 0;
  socklen_t size = sizeof(cookie);
  return getsockopt(descriptor, SOL_SOCKET, SO_COOKIE, &cookie, &size) == 0 ? cookie : 0;
}

ConnectionCensus::ConnectionCensus(Limits limits, CookieOf cookie_of)
    : limits_(limits), cookie_of_(std::move(cookie_of)) {}

ConnectionCensus::Verdict ConnectionCensus::Judge(const std::string& host) const {
  if (open() >= limits_.total) return Verdict::kTooMany;
  const auto of_host = of_host_.find(host);
  if (!host.empty() && of_host != of_host_.end() && of_host->second >= limits_.of_one_host) {
    return Verdict::kTooManyOfOneHost;
  }
  return Verdict::kAdmitted;
}

ConnectionCensus::Verdict ConnectionCensus::Admit(int descriptor, const std::string& host,
                                                  absl::Time now) {
  // What had the same descriptor before is closed.
  if (const auto before = open_.find(descriptor); before != open_.end()) {
    Leave(before->second.host);
    open_.erase(before);
  }
  Verdict verdict = Judge(host);
  if (verdict != Verdict::kAdmitted && now - recounted_ >= kRecountAtMostEvery) {
    recounted_ = now;
    Recount();
    verdict = Judge(host);
  }
  if (verdict != Verdict::kAdmitted) return verdict;
  open_.emplace(descriptor, Connection{cookie_of_(descriptor), host});
  ++of_host_[host];
  return verdict;
}

void ConnectionCensus::Recount() {
  for (auto connection = open_.begin(); connection != open_.end();) {
    const auto current = connection++;
    if (cookie_of_(current->first) == current->second.cookie) continue;
    Leave(current->second.host);
    open_.erase(current);
  }
}

void ConnectionCensus::Leave(const std::string& host) {
  const auto of_host = of_host_.find(host);
  if (--of_host->second == 0) of_host_.erase(of_host);
}

}  // namespace dm::process
