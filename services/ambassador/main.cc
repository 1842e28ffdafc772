#include "common/database/migrations.h"
#include "common/events/feed.h"
#include "common/events/subscriber.h"
#include "common/privacy/erasure_events.h"
#include "common/privacy/personal_data_service.h"
#include "common/privacy/receipts.h"
#include "common/process/service_process.h"
#include "destinationmetier/event/v1/session_events.pb.h"
#include "services/ambassador/api/ambassador_api.h"
#include "services/ambassador/api/import_api.h"
#include "services/ambassador/api/privacy_api.h"
#include "services/ambassador/api/seats_feed.h"
#include "services/ambassador/store/person_erasure.h"
#include "services/ambassador/store/personal_data.h"
#include "services/ambassador/store/profile_store.h"

#include <memory>
#include <string>

namespace dm::database {
extern const MigrationSet kDatabaseMigrations;
extern const MigrationSet kEventsMigrations;
extern const MigrationSet kRequestsMigrations;
extern const MigrationSet kPrivacyMigrations;
extern const MigrationSet kAmbassadorMigrations;
}  // namespace dm::database

namespace {

namespace event = destinationmetier::event::v1;
using dm::ambassador::AmbassadorApi;
using dm::ambassador::ImportApi;
using dm::ambassador::store::ProfileStore;
using dm::process::ServiceContext;

void ServeApis(ServiceContext& context, dm::events::EventFeed* feed) {
  auto profiles = std::make_shared<ProfileStore>(context.database());
  auto api =
      std::make_shared<AmbassadorApi>(profiles.get(), context.database(), &context.page_tokens(),
                                      &context.clock(), [feed] { feed->Wake(); });
  auto import_api =
      std::make_shared<ImportApi>(context.database(), &context.clock(), [feed] { feed->Wake(); });
  context.Serve(api->Bind(context.pipeline()));
  context.Serve(import_api->Bind(context.pipeline()));
  auto privacy_api = std::make_shared<dm::ambassador::PrivacyApi>(
      context.database(), &context.clock(), [feed] { feed->Wake(); });
  context.Serve(privacy_api->Bind(context.pipeline()));
  context.Keep(privacy_api);
  auto shown = std::make_shared<dm::privacy::PersonalDataService>(
      context.database(), &context.clock(), &dm::ambassador::store::AmbassadorRegister(),
      dm::ambassador::store::RecordProfileRead);
  context.Serve(shown->Bind(context.pipeline()));
  context.Keep(profiles);
  context.Keep(shown);
  context.Keep(api);
  context.Keep(import_api);
}

absl::Status NoteConfirmations(dm::database::Transaction& transaction,
                               dm::privacy::EventSpan events, absl::Time now) {
  const auto confirmed = dm::privacy::ConfirmationsIn(events);
  if (confirmed.ok()) dm::privacy::NoteConfirmations(transaction, *confirmed, now);
  return confirmed.status();
}

// Who confirms that an ambassador was erased there.
void FollowNotification(ServiceContext& context) {
  const dm::Clock* clock = &context.clock();
  context.Keep(std::shared_ptr<dm::events::FeedSubscriber>(dm::events::FeedSubscriber::Start(
      {.feed = "notification",
       .types = {dm::privacy::ConfirmationType()},
       .channel = context.ConnectTo("notification", context.config().Text("notification-address"))},
      context.database(),
      [clock](dm::database::Transaction& transaction, dm::privacy::EventSpan events) {
        return NoteConfirmations(transaction, events, clock->Now());
      },
      nullptr)));
}

// Readiness does not ask whether the feed is caught up: seats are in our tables, and profiles are
// to be read while booking is away.
void FollowBooking(ServiceContext& context, dm::events::EventFeed* feed) {
  const dm::Clock* clock = &context.clock();
  context.Keep(std::shared_ptr<dm::events::FeedSubscriber>(dm::events::FeedSubscriber::Start(
      {.feed = "booking",
       .types = {std::string(event::SeatsChanged::descriptor()->full_name()),
                 dm::privacy::TombstoneType(), dm::privacy::ConfirmationType()},
       .channel = context.ConnectTo("booking", context.config().Text("booking-address"))},
      context.database(),
      [clock](dm::database::Transaction& transaction, absl::Span<const event::Event> events) {
        const auto erased = dm::privacy::TombstonesIn(events);
        if (!erased.ok()) return erased.status();
        absl::Status noted = NoteConfirmations(transaction, events, clock->Now());
        if (!noted.ok()) return noted;
        dm::ambassador::store::ForgetPeople(transaction, dm::privacy::PeopleOf(*erased));
        // The last, since they tell others.
        const absl::Status applied =
            dm::ambassador::ApplySeatsChanged(transaction, events, clock->Now());
        dm::privacy::AppendConfirmations(transaction, *erased, clock->Now());
        return applied;
      },
      [feed] { feed->Wake(); })));
}

absl::Status SetUp(ServiceContext& context) {
  std::shared_ptr<dm::events::EventFeed> feed =
      dm::events::EventFeed::Create("ambassador", context.database());
  context.Keep(feed);
  context.Serve(feed->Bind(context.pipeline()));
  ServeApis(context, feed.get());
  FollowBooking(context, feed.get());
  FollowNotification(context);
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  return dm::process::RunService(
      argc, argv,
      {.name = "ambassador",
       .options = {{.name = "booking-address",
                    .type = dm::config::Type::kAddress,
                    .help = "Address of booking, whose feed tells the seats that are held."},
                   {.name = "notification-address",
                    .type = dm::config::Type::kAddress,
                    .help = "Address of notification, whose feed confirms erasures."}},
       .migrations = {{"database", &dm::database::kDatabaseMigrations},
                      {"events", &dm::database::kEventsMigrations},
                      {"requests", &dm::database::kRequestsMigrations},
                      {"privacy", &dm::database::kPrivacyMigrations},
                      {"ambassador", &dm::database::kAmbassadorMigrations}},
       .access = dm::database::Access::OfService()},
      SetUp);
}
