#include "tests/model/feed_reader.h"

#include "tests/model/evidence_store.h"

namespace dm::model {

std::vector<int64_t> FeedReader::Finish() {
  while (ReadOn() == absl::ZeroDuration()) {
  }
  absl::MutexLock lock(&mutex_);
  return numbers_;
}

absl::Duration FeedReader::ReadOn() {
  absl::MutexLock lock(&mutex_);
  const auto next = ReadFeedAfter(*database_, last_);
  if (!next.ok() || next->empty()) return absl::Milliseconds(2);
  for (const EventRow& event : *next) {
    numbers_.push_back(event.seq);
    if (const auto* step = std::get_if<BookingStep>(&event.what)) knowledge_->Noticed(*step);
  }
  last_ = numbers_.back();
  return absl::ZeroDuration();
}

}  // namespace dm::model
