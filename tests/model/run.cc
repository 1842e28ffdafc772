#include "tests/model/run.h"

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/execution/recurring_task.h"
#include "tests/model/clients.h"
#include "tests/model/feed_reader.h"
#include "tests/model/generator.h"
#include "tests/model/hosts.h"
#include "tests/model/replica.h"

#include <memory>
#include <thread>
#include <utility>
#include <vector>

namespace dm::model {
namespace {

constexpr int kReplicas = 2;
// After so many requests a host does something.
constexpr int kRequestsPerAct = 40;

// Short enough for much to run out.
constexpr booking::Policy kPolicy = {.offer_time = absl::Hours(4),
                                     .consent_time = absl::Hours(24),
                                     .host_time = absl::Hours(24),
                                     .most_open_requests = 8};

// Has the ledger look at all that is due, until nothing is; why that does not end.
std::string ReviewAll(Replica& replica) {
  for (int round = 0; round < 200; ++round) {
    const absl::StatusOr<int> taken = replica.reviews().RunDue();
    if (!taken.ok()) return taken.status().ToString();
    if (*taken == 0) return "";
  }
  return "what is due stays due";
}

}  // namespace

Evidence RunModel(const Setting& setting) {
  Stage stage;
  if (!setting.sql.empty()) stage.Execute(setting.sql);
  if (setting.wrap_hosts) stage.Wrap(setting.wrap_hosts);
  std::vector<std::string> people;
  for (int i = 0; i < setting.people; ++i) people.push_back(absl::StrCat("people/p", i));
  stage.Know(people);

  std::vector<std::unique_ptr<Replica>> replicas;
  std::vector<std::unique_ptr<Front>> wrapped;
  std::vector<Front*> fronts;
  for (int i = 0; i < kReplicas; ++i) {
    auto database = stage.database().OpenAs("booking", 4);
    if (setting.wrap_database) database = setting.wrap_database(std::move(database));
    replicas.push_back(std::make_unique<Replica>(std::move(database), &stage.clock(), kPolicy));
    fronts.push_back(replicas.back().get());
    if (!setting.wrap_front) continue;
    wrapped.push_back(setting.wrap_front(fronts.back()));
    fronts.back() = wrapped.back().get();
  }
  for (auto& replica : replicas) replica->reviews().Start();

  Knowledge knowledge;
  Recorder recorder(&stage.clock());
  Hosts hosts(setting, &stage, &knowledge);
  Generators generators(setting.seed, setting.clients, people, &knowledge);
  Clients clients({.clients = setting.clients}, fronts, &recorder);
  FeedReader reader(&stage.pool(), &knowledge);
  Evidence evidence;
  {
    int acts = 0;
    RecurringTask acting([&] {
      if (clients.asked() < acts * kRequestsPerAct) return absl::Milliseconds(1);
      ++acts;
      hosts.Act();
      replicas[static_cast<size_t>(acts % kReplicas)]->reviews().Wake();
      return absl::ZeroDuration();
    });
    acting.Start();
    clients.Run(
        [&](size_t client) -> std::optional<Ask> {
          if (clients.asked() >= setting.commands) return std::nullopt;
          return generators.Next(client);
        },
        [&](const Ask& ask, const Answer& answer) { knowledge.Heard(ask, answer); });
  }
  evidence.end = stage.clock().Now();
  evidence.left_undone = ReviewAll(*replicas.front());
  for (auto& replica : replicas) {
    evidence.deadlocks += static_cast<int64_t>(replica->database().counters().retried);
  }
  // Answers what is still under way.
  wrapped.clear();
  replicas.clear();
  evidence.read = reader.Finish();
  evidence.invocations = recorder.Take();
  stage.Read(&evidence);
  return evidence;
}

}  // namespace dm::model
