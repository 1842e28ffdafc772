#include "services/catalogue/api/place_messages.h"

namespace dm::catalogue {

namespace type = destinationmetier::type::v1;

void Fill(const Place& place, type::Place* message) {
  message->set_street(place.street);
  message->set_postal_code(place.postal_code);
  message->set_commune(place.commune);
  message->set_commune_code(place.commune_code);
  message->set_department(place.department);
  message->mutable_location()->set_latitude(place.latitude);
  message->mutable_location()->set_longitude(place.longitude);
}

void Fill(absl::Time time, google::protobuf::Timestamp* message) {
  message->set_seconds(absl::ToUnixSeconds(time));
  message->set_nanos(static_cast<int32_t>(
      absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(message->seconds()))));
}

}  // namespace dm::catalogue
