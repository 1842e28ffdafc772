#include "services/booking/process/parts.h"

#include "absl/strings/match.h"
#include "common/events/feed.h"
#include "common/events/subscriber.h"
#include "common/privacy/personal_data_service.h"
#include "common/privacy/receipts.h"
#include "services/booking/agreements/agreement_desk.h"
#include "services/booking/agreements/agreement_loop.h"
#include "services/booking/api/agreement_service.h"
#include "services/booking/api/applicants_import.h"
#include "services/booking/api/booking_messages.h"
#include "services/booking/api/booking_service.h"
#include "services/booking/api/calendar_import.h"
#include "services/booking/api/import_api.h"
#include "services/booking/api/people_messages.h"
#include "services/booking/api/people_service.h"
#include "services/booking/api/privacy_service.h"
#include "services/booking/api/session_feed.h"
#include "services/booking/calendar/current_calendar.h"
#include "services/booking/ledger/review_loop.h"
#include "services/booking/links/link_sender.h"
#include "services/booking/papers/page_flow.h"
#include "services/booking/people/guardian_asker.h"
#include "services/booking/privacy/erasures.h"
#include "services/booking/privacy/retention.h"
#include "services/booking/process/options.h"
#include "services/booking/rules/rule_files.h"
#include "services/booking/store/host_erasure.h"
#include "services/booking/store/people_store.h"
#include "services/booking/store/personal_data.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace dm::booking {
namespace {

using process::ServiceContext;

// What the worlds of the process share.
struct Shared {
  ServiceContext& context;
  std::shared_ptr<events::EventFeed> feed;
  std::shared_ptr<const RuleBook> rules;
  std::shared_ptr<CurrentCalendar> calendar;
  Ledger::TermsSource terms;
  // Makes the ledger look at what became due; set by SetUpLedger.
  std::function<void()> review;
  // The same, and has guardians asked who were not; set by SetUpPeople.
  std::function<void()> review_people;

  database::Database* database() const { return context.database(); }
  const Clock* clock() const { return &context.clock(); }
  std::function<void()> WakeFeed() const {
    return [feed = feed] { feed->Wake(); };
  }
};

// What the ledger decides under.
absl::Status SetUpTerms(Shared& shared) {
  ServiceContext& context = shared.context;
  auto rules = LoadRuleBook(context.config().Text("rules-folder"));
  if (!rules.ok()) return rules.status();
  shared.rules = *std::move(rules);
  auto calendar = std::make_shared<CurrentCalendar>(shared.database());
  shared.calendar = calendar;
  shared.terms = [policy = PolicyOf(context.config()), rules = shared.rules, calendar] {
    return Terms{.policy = policy, .rules = rules, .calendar = calendar->Get()};
  };
  context.Keep(calendar);
  // Without it every stay that hangs on school holidays would be refused.
  context.ReadyWhen("school calendar read", [calendar] { return calendar->is_loaded(); });
  calendar->Start();
  return absl::OkStatus();
}

// The seat ledger, its timers and its API.
void SetUpLedger(Shared& shared) {
  ServiceContext& context = shared.context;
  Ledger::Options options;
  options.lanes = static_cast<int>(context.config().Integer("ledger-lanes"));
  options.batch = static_cast<size_t>(context.config().Integer("ledger-batch"));
  const auto serialize = [](const Booking& booking) {
    return ToMessage(booking).SerializeAsString();
  };
  auto ledger = std::make_shared<Ledger>(options, shared.database(), shared.clock(), shared.terms,
                                         serialize, shared.WakeFeed());
  auto store = std::make_shared<BookingStore>(shared.database());
  auto service =
      std::make_shared<BookingService>(BookingService::Parts{.ledger = ledger.get(),
                                                             .database = shared.database(),
                                                             .store = store.get(),
                                                             .page_tokens = &context.page_tokens(),
                                                             .clock = shared.clock(),
                                                             .terms = shared.terms});
  auto reviews = std::make_shared<ReviewLoop>(shared.database(), ledger.get(), shared.clock());
  shared.review = [reviews] { reviews->Wake(); };
  context.Keep(store);
  context.Keep(service);
  context.Keep(ledger);
  context.Keep(reviews);
  context.Serve(service->Bind(context.pipeline()));
  reviews->Start();
}

// Profiles, guardians and their consents.
void SetUpPeople(Shared& shared) {
  ServiceContext& context = shared.context;
  std::shared_ptr<LinkSender> sender = MakeLinkSender(
      context.ConnectTo("notification", context.config().Text("notification-address")));
  GuardianAsker::Options asking;
  asking.validity = context.config().Duration("consent-time");
  auto asker =
      std::make_shared<GuardianAsker>(asking, shared.database(), sender.get(), shared.clock());
  const auto ask = [asker] { asker->Wake(); };
  shared.review_people = [review = shared.review, ask] {
    review();
    ask();
  };
  auto profiles =
      std::make_shared<Profiles>(shared.database(), shared.clock(), shared.review_people);
  Consents::Options options;
  options.most_questions_a_day = asking.most_questions_a_day;
  options.serialize_record = [](const ConsentRecord& record) {
    return ToMessage(record).SerializeAsString();
  };
  options.serialize_view = [](const GuardianView& view) {
    return ToMessage(view).SerializeAsString();
  };
  options.after_decision = shared.review;
  options.after_ask = ask;
  auto consents = std::make_shared<Consents>(std::move(options), shared.database(), shared.clock());
  auto people = std::make_shared<PeopleService>(profiles.get(), consents.get(),
                                                &context.page_tokens(), shared.clock());
  context.Keep(sender);
  context.Keep(asker);
  context.Keep(profiles);
  context.Keep(consents);
  context.Keep(people);
  context.Serve(people->Bind(context.pipeline()));
  asker->Start();
}

// The agency's lists and official files.
void SetUpImports(const Shared& shared) {
  auto registration =
      std::make_shared<Registration>(shared.database(), shared.clock(), shared.review_people);
  const std::map<std::string, ImportApi::Importer> importers = {
      {"applicants", ApplicantsImporter(registration.get(), shared.clock())},
      {"calendar", CalendarImporter(shared.database(), shared.rules, shared.calendar.get())},
  };
  auto imports = std::make_shared<ImportApi>(importers, shared.clock());
  shared.context.Keep(registration);
  shared.context.Keep(imports);
  shared.context.Serve(imports->Bind(shared.context.pipeline()));
}

// Agreements, their papers and signatures. FAILED_PRECONDITION where the fonts of the papers are
// not installed.
absl::Status SetUpAgreements(const Shared& shared) {
  if (absl::Status fonts = CheckFonts(); !fonts.ok()) return fonts;
  ServiceContext& context = shared.context;
  std::shared_ptr<LinkSender> sender = MakeLinkSender(
      context.ConnectTo("notification", context.config().Text("notification-address")));
  auto store = std::make_shared<AgreementLists>(shared.database());
  auto parties = std::make_shared<PartyQueue>(shared.database());
  auto desk =
      std::make_shared<AgreementDesk>(AgreementDesk::Parts{.database = shared.database(),
                                                           .clock = shared.clock(),
                                                           .terms = shared.terms,
                                                           .sender = sender.get(),
                                                           .after_commit = shared.WakeFeed(),
                                                           .wake_ledger = shared.review});
  auto loop = std::make_shared<AgreementLoop>(AgreementLoop::Options(), desk.get(), store.get(),
                                              parties.get(), sender.get(), shared.clock());
  auto service = std::make_shared<AgreementService>(desk.get(), store.get(), &context.page_tokens(),
                                                    [loop] { loop->Wake(); });
  context.Keep(sender);
  context.Keep(store);
  context.Keep(parties);
  context.Keep(desk);
  context.Keep(loop);
  context.Keep(service);
  context.Serve(service->Bind(context.pipeline()));
  context.Serve(service->BindSignatures(context.pipeline()));
  loop->Start();
  return absl::OkStatus();
}

// Export, erasure, and how long things are kept.
void SetUpPrivacy(const Shared& shared) {
  ServiceContext& context = shared.context;
  auto erasures = std::make_shared<Erasures>(shared.database(), shared.clock(), shared.WakeFeed());
  const absl::Duration people_kept =
      absl::Hours(24 * context.config().Integer("people-retention-days"));
  const absl::Duration proofs_kept =
      absl::Hours(24 * context.config().Integer("proof-retention-days"));
  auto retention = std::make_shared<Retention>(shared.database(), shared.clock(), shared.rules,
                                               people_kept, proofs_kept);
  auto privacy = std::make_shared<PrivacyService>(shared.database(), shared.clock(),
                                                  [review = shared.review, erasures] {
                                                    review();
                                                    erasures->Wake();
                                                  });
  auto shown = std::make_shared<privacy::PersonalDataService>(
      shared.database(), shared.clock(), &BookingRegister(),
      [](auto& transaction, const auto& party, const auto& actor, absl::Time now) {
        if (!absl::StartsWith(party, "people/")) return;
        RecordPersonAction(transaction, party, actor, PersonAction::kExported, now);
      });
  context.Keep(erasures);
  context.Keep(retention);
  context.Keep(privacy);
  context.Keep(shown);
  context.Serve(privacy->Bind(context.pipeline()));
  context.Serve(shown->Bind(context.pipeline()));
  erasures->Start();
  retention->Start();
}

// Sessions as their owners tell them, who has confirmed an erasure, and which ambassadors were
// erased.
absl::Status ApplyEvents(database::Transaction& transaction, privacy::EventSpan events,
                         absl::Time now) {
  const auto confirmed = privacy::ConfirmationsIn(events);
  if (!confirmed.ok()) return confirmed.status();
  privacy::NoteConfirmations(transaction, *confirmed, now);
  const auto erased = privacy::TombstonesIn(events);
  if (!erased.ok()) return erased.status();
  ForgetHosts(transaction, privacy::PeopleOf(*erased));
  absl::Status sessions = ApplySessionEvents(transaction, events, now);
  privacy::AppendConfirmations(transaction, *erased, now);
  return sessions;
}

void FollowOthers(const Shared& shared) {
  for (const char* service : {"catalogue", "ambassador", "notification"}) {
    std::vector<std::string> types = SessionEventTypes();
    types.insert(types.end(), {privacy::ConfirmationType(), privacy::TombstoneType()});
    const std::string address = shared.context.config().Text(std::string(service) + "-address");
    shared.context.Keep(std::shared_ptr<events::FeedSubscriber>(events::FeedSubscriber::Start(
        {.feed = service, .types = types, .channel = shared.context.ConnectTo(service, address)},
        shared.database(),
        [clock = shared.clock()](auto& transaction, auto events) {
          return ApplyEvents(transaction, events, clock->Now());
        },
        [review = shared.review, wake = shared.WakeFeed()] {
          review();
          wake();
        })));
  }
}

}  // namespace

absl::Status SetUp(ServiceContext& context) {
  Shared shared = {.context = context,
                   .feed = events::EventFeed::Create("booking", context.database())};
  context.Keep(shared.feed);
  context.Serve(shared.feed->Bind(context.pipeline()));
  if (absl::Status status = SetUpTerms(shared); !status.ok()) return status;
  SetUpLedger(shared);
  SetUpPeople(shared);
  SetUpImports(shared);
  if (absl::Status agreements = SetUpAgreements(shared); !agreements.ok()) return agreements;
  SetUpPrivacy(shared);
  FollowOthers(shared);
  return absl::OkStatus();
}

}  // namespace dm::booking
