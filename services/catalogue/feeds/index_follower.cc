#include "services/catalogue/feeds/index_follower.h"

#include "common/telemetry/log.h"
#include "common/telemetry/metrics.h"
#include "services/catalogue/store/profession_documents.h"
#include "services/catalogue/store/search_rows.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace dm::catalogue {
namespace {

using database::Transaction;
using search::OfferDocument;
using search::OfferId;

// Between two looks at the number of the last change.
constexpr absl::Duration kRest = absl::Milliseconds(50);
constexpr absl::Duration kRestAfterFailure = absl::Milliseconds(500);
constexpr absl::Duration kLongestLook = absl::Seconds(30);
constexpr absl::Duration kLongestLoad = absl::Minutes(10);
constexpr size_t kOffersAtOnce = 2'000;
constexpr absl::Duration kChangesKept = absl::Hours(1);
constexpr absl::Duration kLongestDeletion = absl::Seconds(30);
constexpr absl::Duration kBetweenDeletions = absl::Minutes(10);

// What of a look is to be put in.
struct Look {
  SearchChanges changes;
  search::Words words;
  search::ProfessionIndex professions;
  std::vector<OfferDocument> published;
  std::vector<OfferId> gone;
};

// Those of `ids` that are not among the offers read for them.
void AddGone(const std::vector<std::string>& ids, const std::vector<OfferDocument>& published,
             std::vector<OfferId>* gone) {
  std::vector<OfferId> found;
  for (const OfferDocument& offer : published) found.push_back(offer.id);
  std::sort(found.begin(), found.end());
  for (const std::string& text : ids) {
    const auto id = OfferId::Parse(text);
    if (id.has_value() && !std::binary_search(found.begin(), found.end(), *id)) {
      gone->push_back(*id);
    }
  }
}

}  // namespace

IndexFollower::IndexFollower(database::Database* database, search::CatalogueIndex* index,
                             const Clock* clock)
    : database_(database),
      index_(index),
      clock_(clock),
      task_([this] { return Work(); }),
      deletion_([this] { return DeleteOldChanges(); }) {}

absl::Time IndexFollower::SessionsAfter() const { return clock_->Now() - absl::Hours(25); }

absl::Status IndexFollower::CatchUp(absl::Time deadline) {
  absl::StatusOr<bool> whole = false;
  while (whole.ok() && !*whole) whole = LookOnce(deadline);
  return whole.status();
}

absl::StatusOr<bool> IndexFollower::LookOnce(absl::Time deadline) {
  // What is committed during the look may be left for the next.
  const absl::Time start = clock_->Now();
  const absl::StatusOr<bool> whole = anew_ ? ReadEverything(deadline) : ReadChanges(deadline);
  if (whole.ok() && *whole) index_->FollowedUpTo(start);
  return whole;
}

absl::StatusOr<bool> IndexFollower::ReadEverything(absl::Time deadline) {
  search::OfferIndex fresh;
  search::ProfessionIndex professions;
  const auto last = database_->Read(deadline, [&](Transaction& transaction) {
    // A second attempt begins anew.
    fresh.Become(search::OfferIndex());
    const int64_t seq = LastSearchChange(transaction);
    fresh.SetWords(ReadSearchWords(transaction));
    professions = ReadProfessionIndex(transaction);
    ReadPublishedOffers(transaction, SessionsAfter(),
                        [&fresh](std::vector<OfferDocument> offers) { fresh.Apply(offers, {}); });
    return absl::StatusOr<int64_t>(seq);
  });
  if (!last.ok()) return last.status();
  index_->SetProfessions(std::move(professions));
  index_->offers().Become(std::move(fresh));
  index_->shown().DropAll();
  index_->Changed();
  position_ = *last;
  anew_ = false;
  return true;
}

absl::StatusOr<bool> IndexFollower::ReadChanges(absl::Time deadline) {
  const auto last = LastSearchChange(*database_, deadline);
  if (!last.ok()) return last.status();
  if (*last == position_) return true;
  auto look = database_->Read(deadline, [&](Transaction& transaction) -> absl::StatusOr<Look> {
    Look read{.changes = ReadSearchChanges(transaction, position_)};
    if (read.changes.words) {
      read.words = ReadSearchWords(transaction);
      read.professions = ReadProfessionIndex(transaction);
    }
    const auto& ids = read.changes.offers;
    for (size_t first = 0; first < ids.size(); first += kOffersAtOnce) {
      const std::vector<std::string> some(
          ids.begin() + static_cast<std::ptrdiff_t>(first),
          ids.begin() + static_cast<std::ptrdiff_t>(std::min(first + kOffersAtOnce, ids.size())));
      auto published = ReadPublishedOffers(transaction, SessionsAfter(), some);
      AddGone(some, published, &read.gone);
      std::move(published.begin(), published.end(), std::back_inserter(read.published));
    }
    return read;
  });
  if (!look.ok()) return look.status();
  if (look->changes.lost) {
    anew_ = true;
    return false;
  }
  if (look->changes.words) {
    index_->offers().SetWords(look->words);
    index_->SetProfessions(std::move(look->professions));
    // Labels of sectors and names of communes are shown too.
    index_->shown().DropAll();
  }
  index_->offers().Apply(look->published, look->gone);
  for (const OfferDocument& offer : look->published) index_->shown().Drop(offer.id);
  for (const OfferId& id : look->gone) index_->shown().Drop(id);
  index_->Changed();
  position_ = look->changes.last;
  return position_ >= *last;
}

absl::Duration IndexFollower::Work() {
  const absl::Time start = absl::Now();
  const absl::StatusOr<bool> whole = LookOnce(start + (anew_ ? kLongestLoad : kLongestLook));
  static prometheus::Gauge& offers =
      telemetry::GaugeOf("dm_search_index_offers", "Offers that searches look at.");
  static prometheus::Gauge& caught_up =
      telemetry::GaugeOf("dm_search_index_caught_up_timestamp_seconds",
                         "When searches last had everything that was committed.");
  if (!whole.ok()) {
    telemetry::Log(telemetry::Severity::kWarning, "search_index_not_followed",
                   {{"code", absl::StatusCodeToString(whole.status().code())}});
    return kRestAfterFailure;
  }
  offers.Set(static_cast<double>(index_->offers().size().offers));
  if (!*whole) return absl::ZeroDuration();
  caught_up.Set(static_cast<double>(absl::ToUnixMillis(start)) / 1000);
  return kRest;
}

absl::Duration IndexFollower::DeleteOldChanges() {
  const absl::Time deadline = absl::Now() + kLongestDeletion;
  const absl::Status deleted = database_->Write(deadline, [this](Transaction& transaction) {
    DeleteSearchChanges(transaction, clock_->Now() - kChangesKept);
    return absl::OkStatus();
  });
  if (!deleted.ok()) {
    telemetry::Log(telemetry::Severity::kWarning, "search_changes_not_deleted",
                   {{"code", absl::StatusCodeToString(deleted.code())}});
  }
  return kBetweenDeletions;
}

}  // namespace dm::catalogue
