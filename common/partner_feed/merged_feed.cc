#include "common/partner_feed/merged_feed.h"

#include "absl/strings/str_cat.h"
#include "common/errors/error.h"

#include <algorithm>

namespace dm::partner_feed {
namespace {

namespace pb = destinationmetier::gateway::v1;

// The reader must do something about it: waiting does not help.
bool IsFinal(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsOutOfRange(status);
}

}  // namespace

MergedFeed::MergedFeed(const std::vector<Source>& sources, const FeedMirror::Options& mirrors) {
  for (const Source& source : sources) {
    FeedMirror::Options options = mirrors;
    options.source = source.name;
    options.channel = source.channel;
    mirrors_.push_back(std::make_unique<FeedMirror>(std::move(options), [this] { OnNews(); }));
  }
}

MergedFeed::~MergedFeed() = default;

absl::StatusOr<Positions> MergedFeed::End() const {
  Positions positions;
  for (const auto& mirror : mirrors_) {
    const std::optional<int64_t> end = mirror->End();
    if (!end.has_value()) {
      return BackendUnavailableError(absl::StrCat("the feed of ", mirror->source()));
    }
    positions.push_back(*end);
  }
  return positions;
}

absl::StatusOr<MergedFeed::Batch> MergedFeed::Next(const EventFilter& reader, const Positions& from,
                                                   const Limits& limits, Reach reach,
                                                   absl::Time deadline) {
  Batch batch;
  batch.positions = from;
  for (size_t i = 0; i < mirrors_.size(); ++i) {
    // Each source gets its share, so that none that is busy keeps the others back.
    const int left = static_cast<int>(mirrors_.size() - i);
    const int room = limits.events - static_cast<int>(batch.events.size());
    const Limits share{.events = (room + left - 1) / left, .bytes = limits.bytes / mirrors_.size()};
    if (share.events <= 0) {
      batch.at_end = false;
      continue;
    }
    absl::StatusOr<FeedMirror::Portion> portion = absl::UnavailableError("");
    if (auto remembered = mirrors_[i]->FromMemory(reader, from[i], share)) {
      portion = *std::move(remembered);
    } else if (reach == Reach::kMemory) {
      batch.behind = true;
    } else {
      portion = mirrors_[i]->FromSource(reader, from[i], share, deadline);
    }
    if (!portion.ok()) {
      if (IsFinal(portion.status())) return portion.status();
      batch.incomplete = true;
      continue;
    }
    batch.positions[i] = portion->position;
    batch.at_end = batch.at_end && portion->at_end;
    for (size_t k = 0; k < portion->events.size(); ++k) {
      batch.events.push_back(std::move(portion->events[k]));
      batch.origins.push_back({.source = i, .position = portion->sequences[k]});
    }
  }
  return batch;
}

int64_t MergedFeed::version() const {
  absl::MutexLock lock(&mutex_);
  return version_;
}

void MergedFeed::AwaitNews(int64_t seen, absl::Time deadline) const {
  absl::MutexLock lock(&mutex_);
  while (version_ <= seen && !news_.WaitWithDeadline(&mutex_, deadline)) {
  }
}

void MergedFeed::OnNews() {
  absl::MutexLock lock(&mutex_);
  ++version_;
  news_.SignalAll();
}

}  // namespace dm::partner_feed
