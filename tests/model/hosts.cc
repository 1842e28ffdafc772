#include "tests/model/hosts.h"

#include "tests/model/requests.h"

#include <algorithm>

namespace dm::model {
namespace {

constexpr int kMostSeats = 20;

}  // namespace

Hosts::Hosts(const Setting& setting, Stage* stage, Knowledge* knowledge)
    : setting_(setting), stage_(stage), knowledge_(knowledge), random_(setting.seed) {
  FillUp();
}

void Hosts::Act() {
  const auto which = static_cast<size_t>(Pick(static_cast<int>(open_.size())));
  const int chance = Pick(100);
  if (chance < 70) {
    stage_->Announce(open_[which].id, 1 + Pick(kMostSeats));
    open_[which].open = true;
  } else if (chance < 80) {
    stage_->Close(open_[which].id, chance < 74);
    open_[which].open = false;
  } else {
    stage_->clock().Advance(absl::Minutes(1 + Pick(90)));
  }
  FillUp();
}

// Sessions that have begun or are closed stay known for a while: people come late.
void Hosts::FillUp() {
  const absl::Time now = stage_->clock().Now();
  std::erase_if(open_, [&](const booking::Session& session) {
    return session.start_time + absl::Hours(3) < now || (!session.open && Pick(10) == 0);
  });
  while (static_cast<int>(open_.size()) < setting_.sessions) {
    open_.push_back(stage_->AddSession(1 + Pick(kMostSeats), absl::Minutes(30 + Pick(60 * 24 * 6)),
                                       absl::Hours(2 + Pick(12)),
                                       Pick(4) == 0 ? kOtherSiret : kSiret, Pick(3) == 0));
  }
  std::vector<std::string> ids;
  for (const booking::Session& session : open_) ids.push_back(session.id);
  knowledge_->SetSessions(std::move(ids));
}

}  // namespace dm::model
