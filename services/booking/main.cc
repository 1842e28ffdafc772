#include "common/events/feed.h"
#include "common/events/subscriber.h"
#include "common/process/service_process.h"
#include "services/booking/api/booking_messages.h"
#include "services/booking/api/booking_service.h"
#include "services/booking/api/session_feed.h"

#include <memory>

namespace dm::database {
extern const MigrationSet kDatabaseMigrations;
extern const MigrationSet kEventsMigrations;
extern const MigrationSet kBookingMigrations;
}  // namespace dm::database

namespace {

using dm::config::Option;
using dm::config::Type;

absl::Status SetUp(dm::process::ServiceContext& context) {
  using namespace dm;  // NOLINT: the parts of a process come from all over the house.
  std::shared_ptr<events::EventFeed> feed =
      events::EventFeed::Create("booking", context.database());
  context.Keep(feed);

  booking::Ledger::Options options;
  options.lanes = static_cast<int>(context.config().Integer("ledger-lanes"));
  const auto serialize = [](const booking::Booking& booking) {
    return booking::ToMessage(booking).SerializeAsString();
  };
  auto ledger = std::make_shared<booking::Ledger>(options, context.database(), &context.clock(),
                                                  serialize, [feed] { feed->Wake(); });
  auto store = std::make_shared<booking::BookingStore>(context.database());
  auto service = std::make_shared<booking::BookingService>(
      ledger.get(), store.get(), &context.page_tokens(), &context.clock());
  context.Keep(store);
  context.Keep(service);
  context.Keep(ledger);
  context.Serve(service->Bind(context.pipeline()));
  context.Serve(feed->Bind(context.pipeline()));

  for (const char* owner : {"catalogue", "ambassador"}) {
    const std::string address = context.config().Text(std::string(owner) + "-address");
    std::shared_ptr<events::FeedSubscriber> subscriber =
        events::FeedSubscriber::Start({.feed = owner,
                                       .types = booking::SessionEventTypes(),
                                       .channel = context.ConnectTo(address)},
                                      context.database(), booking::ApplySessionEvents, nullptr);
    context.Keep(subscriber);
  }
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<Option> options = {
      {.name = "catalogue-address",
       .type = Type::kAddress,
       .help = "Where the catalogue's feed of sessions is."},
      {.name = "ambassador-address",
       .type = Type::kAddress,
       .help = "Where the ambassadors' feed of sessions is."},
      {.name = "ledger-lanes",
       .type = Type::kInteger,
       .help = "Transactions of the seat ledger at once.",
       .default_value = "2",
       .min = 1,
       .max = 16},
  };
  return dm::process::RunService(argc, argv,
                                 {.name = "booking",
                                  .options = options,
                                  .migrations = {{"database", &dm::database::kDatabaseMigrations},
                                                 {"events", &dm::database::kEventsMigrations},
                                                 {"booking", &dm::database::kBookingMigrations}}},
                                 SetUp);
}
