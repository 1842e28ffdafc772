#pragma once

#include "absl/time/time.h"
#include "destinationmetier/type/v1/geo.pb.h"
#include "services/catalogue/domain/company.h"

#include <google/protobuf/timestamp.pb.h>

// Places and times, as the protos say them.
namespace dm::catalogue {

void Fill(const Place& place, destinationmetier::type::v1::Place* message);
void Fill(absl::Time time, google::protobuf::Timestamp* message);

}  // namespace dm::catalogue
