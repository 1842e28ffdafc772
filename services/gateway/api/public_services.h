#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <vector>

namespace dm::gateway {

// Who answers for a public service.
// kGateway and kRights are in this process.
enum class Peer { kCatalogue, kAmbassador, kBooking, kNotification, kGateway, kRights };

struct PublicEntry {
  const google::protobuf::ServiceDescriptor* service;
  Peer peer;
};

// What can be called from outside. What is not in this table does not exist there: the feeds of
// events above all.
std::vector<PublicEntry> PublicTable();

}  // namespace dm::gateway
