#include "common/database/migrations.h"
#include "common/events/feed.h"
#include "common/events/subscriber.h"
#include "common/privacy/personal_data_service.h"
#include "common/process/service_process.h"
#include "destinationmetier/event/v1/booking_events.pb.h"
#include "destinationmetier/event/v1/session_events.pb.h"
#include "services/catalogue/api/catalogue_api.h"
#include "services/catalogue/api/company_settings_api.h"
#include "services/catalogue/api/import_api.h"
#include "services/catalogue/api/moderation_api.h"
#include "services/catalogue/api/offer_api.h"
#include "services/catalogue/api/offer_exchange_api.h"
#include "services/catalogue/api/reference_api.h"
#include "services/catalogue/api/statistics_api.h"
#include "services/catalogue/feeds/erasure_feed.h"
#include "services/catalogue/feeds/index_follower.h"
#include "services/catalogue/feeds/requests_feed.h"
#include "services/catalogue/feeds/seats_feed.h"
#include "services/catalogue/jobs/archive_past.h"
#include "services/catalogue/jobs/ban_ends.h"
#include "services/catalogue/jobs/statistics_jobs.h"
#include "services/catalogue/store/personal_data.h"

#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace dm::database {
extern const MigrationSet kDatabaseMigrations;
extern const MigrationSet kEventsMigrations;
extern const MigrationSet kRequestsMigrations;
extern const MigrationSet kCatalogueMigrations;
}  // namespace dm::database

namespace {

namespace event = destinationmetier::event::v1;
namespace catalogue = dm::catalogue;
using catalogue::IndexFollower;
using catalogue::SearchTally;
using catalogue::search::CatalogueIndex;
using dm::process::ServiceContext;

// Commits of this process are seen at once, those of others at the next look.
using Announce = std::function<void()>;

// Each part looks at our tables, and lives as long as the process.
template <typename Part, typename... Needs>
std::shared_ptr<Part> Make(ServiceContext& context, Needs&&... needs) {
  auto part = std::make_shared<Part>(context.database(), std::forward<Needs>(needs)...);
  context.Keep(part);
  return part;
}

template <typename Api, typename... Needs>
void Serve(ServiceContext& context, Needs&&... needs) {
  context.Serve(Make<Api>(context, std::forward<Needs>(needs)...)->Bind(context.pipeline()));
}

template <typename Job, typename... Needs>
void Start(ServiceContext& context, Needs&&... needs) {
  Make<Job>(context, std::forward<Needs>(needs)...)->Start();
}

// Searches would miss offers before they were all read once.
std::shared_ptr<IndexFollower> FollowOffers(ServiceContext& context, CatalogueIndex* index) {
  auto follower = Make<IndexFollower>(context, index, &context.clock());
  context.ReadyWhen("search index loaded", [index] { return index->whole(); });
  follower->Start();
  return follower;
}

// Readiness does not ask whether the feed is caught up: the seats last heard of are in our tables,
// and offers are to be read while booking is away.
void FollowBooking(ServiceContext& context, const Announce& announce) {
  const dm::Clock* const clock = &context.clock();
  context.Keep(std::shared_ptr<dm::events::FeedSubscriber>(dm::events::FeedSubscriber::Start(
      {.feed = "booking",
       .types = {std::string(event::SeatsChanged::descriptor()->full_name()),
                 std::string(event::BookingChanged::descriptor()->full_name()),
                 dm::privacy::TombstoneType()},
       .channel = context.ConnectTo("booking", context.config().Text("booking-address"))},
      context.database(),
      [clock](dm::database::Transaction& transaction, absl::Span<const event::Event> events) {
        catalogue::ApplyRequests(transaction, events);
        const auto erased = catalogue::ApplyErasures(transaction, events);
        if (!erased.ok()) return erased.status();
        // The last, since they tell others.
        const absl::Status applied =
            catalogue::ApplySeatsChanged(transaction, events, clock->Now());
        dm::privacy::AppendConfirmations(transaction, *erased, clock->Now());
        return applied;
      },
      announce)));
}

absl::Status SetUp(ServiceContext& context) {
  const std::shared_ptr<dm::events::EventFeed> feed =
      dm::events::EventFeed::Create("catalogue", context.database());
  context.Keep(feed);
  context.Serve(feed->Bind(context.pipeline()));
  const auto index = std::make_shared<CatalogueIndex>(
      static_cast<size_t>(context.config().Integer("shown-offer-bytes")));
  context.Keep(index);
  const std::shared_ptr<IndexFollower> follower = FollowOffers(context, index.get());
  const Announce announce = [feed = feed.get(), follower = follower.get()] {
    feed->Wake();
    follower->Wake();
  };
  const auto tally = std::make_shared<SearchTally>();
  context.Keep(tally);

  const dm::Clock* const clock = &context.clock();
  const dm::rpc::PageTokens* const tokens = &context.page_tokens();
  const auto cache_bytes = static_cast<size_t>(context.config().Integer("answer-cache-bytes"));
  Serve<catalogue::CatalogueApi>(context, index.get(), tokens, clock, announce, tally.get(),
                                 cache_bytes);
  Serve<catalogue::CompanySettingsApi>(context, clock, announce);
  Serve<catalogue::ImportApi>(context, clock, announce);
  Serve<catalogue::ModerationApi>(context, tokens, clock, announce);
  Serve<catalogue::OfferApi>(context, index.get(), tokens, clock, announce);
  Serve<catalogue::OfferExchangeApi>(context, tokens, clock, announce);
  Serve<catalogue::ReferenceApi>(context, tokens, clock);
  Serve<catalogue::StatisticsApi>(context, tokens, clock);
  Serve<dm::privacy::PersonalDataService>(context, clock, &catalogue::CatalogueRegister(), nullptr);
  FollowBooking(context, announce);
  Start<catalogue::ArchivePast>(context, clock, announce);
  Start<catalogue::BanEnds>(context, clock, announce);
  Start<catalogue::MonthlyFiguresJob>(context, clock);
  Start<catalogue::SearchCountsJob>(context, tally.get(), clock);
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  return dm::process::RunService(
      argc, argv,
      {.name = "catalogue",
       .options = {{.name = "booking-address",
                    .type = dm::config::Type::kAddress,
                    .help = "Address of booking, whose feed tells the seats that are held."},
                   {.name = "answer-cache-bytes",
                    .type = dm::config::Type::kInteger,
                    .help = "Memory for answers to reads, which are kept a second; 0 keeps none.",
                    .default_value = std::to_string(catalogue::CatalogueApi::kMostCachedBytes)},
                   {.name = "shown-offer-bytes",
                    .type = dm::config::Type::kInteger,
                    .help = "Memory for the offers that searches showed lately; 0 keeps none.",
                    .default_value = std::to_string(catalogue::search::ShownOffers::kMostBytes)}},
       .migrations = {{"database", &dm::database::kDatabaseMigrations},
                      {"events", &dm::database::kEventsMigrations},
                      {"requests", &dm::database::kRequestsMigrations},
                      {"catalogue", &dm::database::kCatalogueMigrations}},
       .access = dm::database::Access::OfService()},
      SetUp);
}
