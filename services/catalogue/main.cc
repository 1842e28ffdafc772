#include "common/database/migrations.h"
#include "common/events/feed.h"
#include "common/events/subscriber.h"
#include "common/process/service_process.h"
#include "destinationmetier/event/v1/booking_events.pb.h"
#include "destinationmetier/event/v1/person_events.pb.h"
#include "destinationmetier/event/v1/session_events.pb.h"
#include "services/catalogue/api/catalogue_api.h"
#include "services/catalogue/api/company_settings_api.h"
#include "services/catalogue/api/import_api.h"
#include "services/catalogue/api/moderation_api.h"
#include "services/catalogue/api/offer_api.h"
#include "services/catalogue/api/offer_exchange_api.h"
#include "services/catalogue/api/statistics_api.h"
#include "services/catalogue/feeds/erasure_feed.h"
#include "services/catalogue/feeds/index_follower.h"
#include "services/catalogue/feeds/requests_feed.h"
#include "services/catalogue/feeds/seats_feed.h"
#include "services/catalogue/jobs/archive_past.h"
#include "services/catalogue/jobs/ban_ends.h"
#include "services/catalogue/jobs/statistics_jobs.h"

#include <functional>
#include <memory>
#include <string>

namespace dm::database {
extern const MigrationSet kDatabaseMigrations;
extern const MigrationSet kEventsMigrations;
extern const MigrationSet kRequestsMigrations;
extern const MigrationSet kCatalogueMigrations;
}  // namespace dm::database

namespace {

namespace event = destinationmetier::event::v1;
using dm::catalogue::ArchivePast;
using dm::catalogue::BanEnds;
using dm::catalogue::CatalogueApi;
using dm::catalogue::CompanySettingsApi;
using dm::catalogue::ImportApi;
using dm::catalogue::IndexFollower;
using dm::catalogue::ModerationApi;
using dm::catalogue::OfferApi;
using dm::catalogue::SearchTally;
using dm::catalogue::search::CatalogueIndex;
using dm::process::ServiceContext;

// Commits of this process are seen at once, those of others at the next look.
using Announce = std::function<void()>;

// Searches would miss offers before they were all read once.
std::shared_ptr<IndexFollower> FollowOffers(ServiceContext& context, CatalogueIndex* index) {
  auto follower = std::make_shared<IndexFollower>(context.database(), index, &context.clock());
  context.Keep(follower);
  context.ReadyWhen("search index loaded", [index] { return index->whole(); });
  follower->Start();
  return follower;
}

void ServeCatalogue(ServiceContext& context, const CatalogueIndex* index, const Announce& announce,
                    SearchTally* searches) {
  const auto api = std::make_shared<CatalogueApi>(context.database(), index, &context.page_tokens(),
                                                  &context.clock(), announce, searches);
  context.Keep(api);
  context.Serve(api->Bind(context.pipeline()));
}

void ServeOffers(ServiceContext& context, const CatalogueIndex* index, const Announce& announce) {
  const auto api = std::make_shared<OfferApi>(context.database(), index, &context.page_tokens(),
                                              &context.clock(), announce);
  context.Keep(api);
  context.Serve(api->Bind(context.pipeline()));
}

void ServeImports(ServiceContext& context, const Announce& announce) {
  const auto api = std::make_shared<ImportApi>(context.database(), &context.clock(), announce);
  context.Keep(api);
  context.Serve(api->Bind(context.pipeline()));
}

void ServeExchange(ServiceContext& context, const Announce& announce) {
  const auto api = std::make_shared<dm::catalogue::OfferExchangeApi>(
      context.database(), &context.page_tokens(), &context.clock(), announce);
  context.Keep(api);
  context.Serve(api->Bind(context.pipeline()));
}

void ServeCompanySettings(ServiceContext& context, const Announce& announce) {
  const auto api =
      std::make_shared<CompanySettingsApi>(context.database(), &context.clock(), announce);
  context.Keep(api);
  context.Serve(api->Bind(context.pipeline()));
}

void ServeStatistics(ServiceContext& context) {
  const auto api = std::make_shared<dm::catalogue::StatisticsApi>(
      context.database(), &context.page_tokens(), &context.clock());
  context.Keep(api);
  context.Serve(api->Bind(context.pipeline()));
}

// Where searches are counted until they are written down.
SearchTally* CountSearches(ServiceContext& context) {
  const auto tally = std::make_shared<SearchTally>();
  context.Keep(tally);
  const auto counts = std::make_shared<dm::catalogue::SearchCountsJob>(
      context.database(), tally.get(), &context.clock());
  context.Keep(counts);
  counts->Start();
  const auto figures =
      std::make_shared<dm::catalogue::MonthlyFiguresJob>(context.database(), &context.clock());
  context.Keep(figures);
  figures->Start();
  return tally.get();
}

void ServeModeration(ServiceContext& context, const Announce& announce) {
  const auto api = std::make_shared<ModerationApi>(context.database(), &context.page_tokens(),
                                                   &context.clock(), announce);
  context.Keep(api);
  context.Serve(api->Bind(context.pipeline()));
  const auto ends = std::make_shared<BanEnds>(context.database(), &context.clock(), announce);
  context.Keep(ends);
  ends->Start();
}

void ArchivePastOffers(ServiceContext& context, const Announce& announce) {
  const auto job = std::make_shared<ArchivePast>(context.database(), &context.clock(), announce);
  context.Keep(job);
  job->Start();
}

// Readiness does not ask whether the feed is caught up: the seats last heard of are in our tables,
// and offers are to be read while booking is away.
void FollowBooking(ServiceContext& context, const Announce& announce) {
  const dm::Clock* const clock = &context.clock();
  context.Keep(std::shared_ptr<dm::events::FeedSubscriber>(dm::events::FeedSubscriber::Start(
      {.feed = "booking",
       .types = {std::string(event::SeatsChanged::descriptor()->full_name()),
                 std::string(event::BookingChanged::descriptor()->full_name()),
                 std::string(event::PersonErased::descriptor()->full_name())},
       .channel = context.ConnectTo(context.config().Text("booking-address"))},
      context.database(),
      [clock](dm::database::Transaction& transaction, absl::Span<const event::Event> events) {
        dm::catalogue::ApplyRequests(transaction, events);
        dm::catalogue::ApplyErasures(transaction, events);
        // The last, since it tells others.
        return dm::catalogue::ApplySeatsChanged(transaction, events, clock->Now());
      },
      announce)));
}

absl::Status SetUp(ServiceContext& context) {
  const std::shared_ptr<dm::events::EventFeed> feed =
      dm::events::EventFeed::Create("catalogue", context.database());
  context.Keep(feed);
  context.Serve(feed->Bind(context.pipeline()));
  const auto index = std::make_shared<CatalogueIndex>();
  context.Keep(index);
  const std::shared_ptr<IndexFollower> follower = FollowOffers(context, index.get());
  const Announce announce = [feed = feed.get(), follower = follower.get()] {
    feed->Wake();
    follower->Wake();
  };
  SearchTally* const searches = CountSearches(context);
  ServeCatalogue(context, index.get(), announce, searches);
  ServeImports(context, announce);
  ServeExchange(context, announce);
  ServeStatistics(context);
  ServeCompanySettings(context, announce);
  ServeModeration(context, announce);
  ServeOffers(context, index.get(), announce);
  FollowBooking(context, announce);
  ArchivePastOffers(context, announce);
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  return dm::process::RunService(
      argc, argv,
      {.name = "catalogue",
       .options = {{.name = "booking-address",
                    .type = dm::config::Type::kAddress,
                    .help = "Address of booking, whose feed tells the seats that are held."}},
       .migrations = {{"database", &dm::database::kDatabaseMigrations},
                      {"events", &dm::database::kEventsMigrations},
                      {"requests", &dm::database::kRequestsMigrations},
                      {"catalogue", &dm::database::kCatalogueMigrations}}},
      SetUp);
}
