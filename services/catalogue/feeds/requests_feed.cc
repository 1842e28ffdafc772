#include "services/catalogue/feeds/requests_feed.h"

#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "common/codes/siret.h"
#include "common/time/clock.h"
#include "destinationmetier/event/v1/booking_events.pb.h"
#include "services/catalogue/store/company_requests.h"

#include <string>

namespace dm::catalogue {

namespace event = destinationmetier::event::v1;

void ApplyRequests(database::Transaction& transaction, absl::Span<const event::Event> events) {
  CompanyRequests requests;
  for (const event::Event& one : events) {
    event::BookingChanged changed;
    if (!one.data().Is<event::BookingChanged>() || !one.data().UnpackTo(&changed)) continue;
    absl::string_view siret = changed.host();
    const bool counts = changed.counted_requests() != 0 &&
                        absl::ConsumePrefix(&siret, "companies/") && IsSiret(siret);
    if (!counts) continue;
    const absl::Time made = absl::FromUnixSeconds(changed.request_time().seconds());
    const absl::CivilMonth month(absl::ToCivilDay(made, ParisTimeZone()));
    requests[{std::string(siret), absl::CivilDay(month)}] += changed.counted_requests();
  }
  AddRequests(transaction, requests);
}

}  // namespace dm::catalogue
