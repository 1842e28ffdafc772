#include "services/booking/api/booking_messages.h"

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/text/uuid.h"

#include <vector>

namespace dm::booking {
namespace {

namespace pb = destinationmetier::booking::v1;

void SetTime(absl::Time time, google::protobuf::Timestamp* out) {
  const int64_t micros = absl::ToUnixMicros(time);
  out->set_seconds(micros / 1'000'000);
  out->set_nanos(static_cast<int32_t>(micros % 1'000'000) * 1000);
}

}  // namespace

pb::Booking::State ToMessageState(BookingState state) {
  pb::Booking::State value = pb::Booking::STATE_UNSPECIFIED;
  pb::Booking::State_Parse(absl::StrCat("STATE_", BookingStateName(state)), &value);
  return value;
}

destinationmetier::type::v1::Scheme ToMessageScheme(Scheme scheme) {
  auto value = destinationmetier::type::v1::SCHEME_UNSPECIFIED;
  destinationmetier::type::v1::Scheme_Parse(absl::StrCat("SCHEME_", SchemeName(scheme)), &value);
  return value;
}

std::optional<Scheme> ToScheme(int scheme) {
  if (!destinationmetier::type::v1::Scheme_IsValid(scheme)) return std::nullopt;
  absl::string_view name = destinationmetier::type::v1::Scheme_Name(
      static_cast<destinationmetier::type::v1::Scheme>(scheme));
  absl::ConsumePrefix(&name, "SCHEME_");
  return ParseScheme(name);
}

pb::Booking ToMessage(const Booking& booking) {
  pb::Booking message;
  message.set_name(absl::StrCat("bookings/", booking.id));
  message.set_session(booking.session_name);
  message.set_applicant(booking.applicant);
  message.set_host(booking.host);
  message.set_state(ToMessageState(booking.state));
  message.set_session_title(booking.session_title);
  SetTime(booking.start_time, message.mutable_start_time());
  SetTime(booking.end_time, message.mutable_end_time());
  SetTime(booking.create_time, message.mutable_create_time());
  SetTime(booking.update_time, message.mutable_update_time());
  message.set_etag(EtagOf(booking.version));
  message.set_reason(booking.reason);
  message.set_state_reason(booking.why);
  if (booking.expire_time.has_value()) SetTime(*booking.expire_time, message.mutable_expire_time());
  message.set_scheme(ToMessageScheme(booking.scheme));
  message.set_agreement_required(booking.agreement_needed);
  message.set_agreement_validated(booking.agreement_validated);
  if (!booking.rescheduled_from.empty()) {
    message.set_rescheduled_from(absl::StrCat("bookings/", booking.rescheduled_from));
  }
  return message;
}

std::optional<std::string> ParseBookingName(absl::string_view name) {
  if (!absl::ConsumePrefix(&name, "bookings/") || !IsUuid(name)) return std::nullopt;
  return absl::AsciiStrToLower(name);
}

std::optional<std::string> ParseSessionName(absl::string_view name) {
  const std::vector<absl::string_view> parts = absl::StrSplit(name, '/');
  if (parts.size() != 4 || (parts[0] != "offers" && parts[0] != "ambassadors") ||
      !IsUuid(parts[1]) || parts[2] != "sessions" || !IsUuid(parts[3])) {
    return std::nullopt;
  }
  return absl::AsciiStrToLower(parts[3]);
}

std::string EtagOf(int64_t version) { return absl::StrCat("v", version); }

int64_t ParseEtag(absl::string_view etag) {
  int64_t version = 0;
  // Over HTTP an etag comes in quotes.
  if (absl::ConsumePrefix(&etag, "\"")) absl::ConsumeSuffix(&etag, "\"");
  if (!absl::ConsumePrefix(&etag, "v") || !absl::SimpleAtoi(etag, &version)) return -1;
  return version;
}

std::optional<BookingState> ToState(int state) {
  if (!pb::Booking::State_IsValid(state)) return std::nullopt;
  absl::string_view name = pb::Booking::State_Name(static_cast<pb::Booking::State>(state));
  absl::ConsumePrefix(&name, "STATE_");
  return ParseBookingState(name);
}

}  // namespace dm::booking
