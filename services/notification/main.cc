#include "absl/strings/strip.h"
#include "common/database/migrations.h"
#include "common/events/feed.h"
#include "common/events/subscriber.h"
#include "common/privacy/personal_data_service.h"
#include "common/process/address.h"
#include "common/process/service_process.h"
#include "common/text/uuid.h"
#include "services/notification/api/contact_api.h"
#include "services/notification/api/import_api.h"
#include "services/notification/api/link_api.h"
#include "services/notification/api/mail_choice_api.h"
#include "services/notification/api/webhook_api.h"
#include "services/notification/delivery/delivery_loop.h"
#include "services/notification/delivery/smtp_transport.h"
#include "services/notification/delivery/webhook_dispatcher.h"
#include "services/notification/feeds/effects.h"
#include "services/notification/store/personal_data.h"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace dm::database {
extern const MigrationSet kDatabaseMigrations;
extern const MigrationSet kEventsMigrations;
extern const MigrationSet kNotificationMigrations;
extern const MigrationSet kRequestsMigrations;
}  // namespace dm::database

namespace dm::notification {
namespace {

using config::Type;

std::vector<config::Option> Options() {
  return {
      {"catalogue-address", Type::kAddress, "Where the feed of catalogue is."},
      {"ambassador-address", Type::kAddress, "Where the feed of ambassador is."},
      {"booking-address", Type::kAddress, "Where the feed of booking is."},
      {"smtp-url", Type::kText,
       "Mail server, smtp://host:port or smtps://host:port. "
       "One that is not on this machine has to speak TLS, from the start or by STARTTLS."},
      {"smtp-user", Type::kText, "Login at the mail server; empty for none.", ""},
      {"smtp-password-file", Type::kText, "File that holds the login's password.", ""},
      {"smtp-connections", Type::kInteger, "Mails on their way at once.", "2", 1, 16},
      {"mail-from", Type::kText, "Sender of the mails, as Name <address>.",
       "Destination Métier <ne-pas-repondre@destinationmetier.example>"},
      {"public-url", Type::kText, "Where people find the platform; links begin with it.",
       "http://127.0.0.1:8080"},
      {"webhook-connections", Type::kInteger, "Webhooks that are delivered to at once.", "4", 1,
       64},
      {"webhook-give-up", Type::kDuration, "How long a webhook may fail before it is disabled.",
       "120h"},
      {"webhook-private-addresses", Type::kSwitch,
       "Lets webhooks be plain http and lead to private addresses: for trials on one machine.",
       "false"},
  };
}

// The loops that send, and a way to wake all of them.
struct Delivery {
  explicit Delivery(database::Database* database) : messages(database) {}

  void Wake() {
    for (const auto& loop : loops) loop->Wake();
  }

  MessageStore messages;
  std::vector<std::unique_ptr<SmtpTransport>> transports;
  // Last, so that they end first.
  std::vector<std::unique_ptr<DeliveryLoop>> loops;
};

absl::StatusOr<std::shared_ptr<Delivery>> StartDelivery(process::ServiceContext& context) {
  const config::Values& config = context.config();
  const absl::StatusOr<MailAddress> from = ParseMailAddress(config.Text("mail-from"));
  if (!from.ok()) return absl::InvalidArgumentError("--mail-from is not Name <address>");
  const std::string url = config.Text("smtp-url");
  const std::string password_file = config.Text("smtp-password-file");
  auto delivery = std::make_shared<Delivery>(context.database());
  for (int64_t i = 0; i < config.Integer("smtp-connections"); ++i) {
    delivery->transports.push_back(std::make_unique<SmtpTransport>(
        SmtpTransport::Options{.url = url,
                               .plain_allowed = process::IsLocal(absl::StripPrefix(url, "smtp://")),
                               .user = config.Text("smtp-user"),
                               .password = [=] { return config::ReadSecret(password_file); }}));
    delivery->loops.push_back(std::make_unique<DeliveryLoop>(
        DeliveryLoop::Options{
            .from = *from,
            .public_url = std::string(absl::StripSuffix(config.Text("public-url"), "/"))},
        &delivery->messages, delivery->transports.back().get(), &context.clock()));
  }
  for (const auto& loop : delivery->loops) loop->Start();
  return delivery;
}

using Effect = absl::Status (*)(database::Transaction&, EventSpan, absl::Time);

void Follow(process::ServiceContext& context, const std::string& feed,
            std::vector<std::string> types, Effect effect, std::function<void()> after_commit) {
  events::FeedSubscriber::Options options;
  options.feed = feed;
  options.types = std::move(types);
  options.channel = context.ConnectTo(feed, context.config().Text(feed + "-address"));
  const Clock* const clock = &context.clock();
  context.Keep(std::shared_ptr<events::FeedSubscriber>(events::FeedSubscriber::Start(
      std::move(options), context.database(),
      [effect, clock](database::Transaction& transaction, EventSpan events) {
        return effect(transaction, events, clock->Now());
      },
      std::move(after_commit))));
}

partner_feed::MergedFeed::Source FeedOf(process::ServiceContext& context, const std::string& peer) {
  return {peer, context.ConnectTo(peer, context.config().Text(peer + "-address"))};
}

// What sends events to partners' systems.
struct Webhooks {
  Webhooks(process::ServiceContext& context, const HttpWebhookTransport::Options& transport)
      : feed({FeedOf(context, "catalogue"), FeedOf(context, "ambassador"),
              FeedOf(context, "booking")}),
        leases(context.database(), NewUuid(absl::Now())),
        dispatcher({.threads = static_cast<int>(context.config().Integer("webhook-connections")),
                    .give_up = context.config().Duration("webhook-give-up"),
                    .new_transport =
                        [transport] { return std::make_unique<HttpWebhookTransport>(transport); }},
                   &feed, &leases, &context.clock()) {}

  partner_feed::MergedFeed feed;
  WebhookLeases leases;
  // Last, so that it ends first.
  WebhookDispatcher dispatcher;
};

void ServeWebhooks(process::ServiceContext& context) {
  const bool private_allowed = context.config().Switch("webhook-private-addresses");
  const auto webhooks = std::make_shared<Webhooks>(
      context, HttpWebhookTransport::Options{.private_allowed = private_allowed});
  context.Keep(webhooks);
  const auto api = std::make_shared<WebhookApi>(
      WebhookApi::Options{
          .private_allowed = private_allowed,
          .transport = std::make_shared<HttpWebhookTransport>(HttpWebhookTransport::Options{
              .private_allowed = private_allowed, .longest = absl::Seconds(8)}),
          .on_change = [webhooks] { webhooks->dispatcher.Wake(); }},
      context.database(), &webhooks->feed, &context.page_tokens(), &context.clock());
  context.Keep(api);
  context.Serve(api->Bind(context.pipeline()));
}

// The readiness does not ask for the feeds: contacts can be set, and mails sent, while a service
// that is followed is down.
absl::Status SetUp(process::ServiceContext& context) {
  const absl::StatusOr<std::shared_ptr<Delivery>> started = StartDelivery(context);
  if (!started.ok()) return started.status();
  const std::shared_ptr<Delivery> delivery = *started;
  context.Keep(delivery);

  const std::shared_ptr<events::EventFeed> feed =
      events::EventFeed::Create("notification", context.database());
  context.Keep(feed);
  context.Serve(feed->Bind(context.pipeline()));

  const auto wake = [delivery] { delivery->Wake(); };
  Follow(context, "catalogue", CatalogueEventTypes(), ApplyCatalogueEvents, wake);
  const auto wake_all = [delivery, feed] {
    delivery->Wake();
    feed->Wake();
  };
  Follow(context, "ambassador", AmbassadorEventTypes(), ApplyAmbassadorEvents, wake_all);
  Follow(context, "booking", BookingEventTypes(), ApplyBookingEvents, wake_all);

  const auto store = std::make_shared<ContactStore>(context.database(), &context.clock());
  const auto contacts = std::make_shared<ContactApi>(store.get(), wake);
  const auto imports = std::make_shared<ImportApi>(store.get(), &context.clock(), wake);
  const auto links = std::make_shared<LinkApi>(context.database(), &context.clock(), wake);
  const auto choices = std::make_shared<MailChoiceStore>(context.database(), &context.clock());
  const auto mail_choices = std::make_shared<MailChoiceApi>(choices.get());
  context.Keep(store);
  context.Keep(contacts);
  context.Keep(imports);
  context.Keep(links);
  context.Keep(choices);
  context.Keep(mail_choices);
  context.Serve(contacts->Bind(context.pipeline()));
  context.Serve(imports->Bind(context.pipeline()));
  context.Serve(links->Bind(context.pipeline()));
  context.Serve(mail_choices->Bind(context.pipeline()));
  ServeWebhooks(context);
  const auto shown = std::make_shared<privacy::PersonalDataService>(
      context.database(), &context.clock(), &NotificationRegister(), nullptr);
  context.Keep(shown);
  context.Serve(shown->Bind(context.pipeline()));
  return absl::OkStatus();
}

}  // namespace
}  // namespace dm::notification

int main(int argc, char** argv) {
  dm::process::ServiceDefinition definition;
  definition.name = "notification";
  // Four feeds and loops of its own, and who delivers to webhooks.
  definition.background_connections = 10;
  definition.access = dm::database::Access::OfService();
  definition.options = dm::notification::Options();
  definition.migrations = {{"database", &dm::database::kDatabaseMigrations},
                           {"events", &dm::database::kEventsMigrations},
                           {"requests", &dm::database::kRequestsMigrations},
                           {"notification", &dm::database::kNotificationMigrations}};
  return dm::process::RunService(argc, argv, std::move(definition), dm::notification::SetUp);
}
