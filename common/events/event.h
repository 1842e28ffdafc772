#pragma once

#include <google/protobuf/message.h>

#include <string>

namespace dm::events {

// An event that is about to become true: what it is about, and its payload, a message of
// destinationmetier.event.v1. It must not carry personal data.
struct NewEvent {
  // Resource name.
  std::string subject;
  // Full name of the payload's message.
  std::string type;
  // The payload, serialized.
  std::string payload;
  // W3C trace context of what it follows from. Empty: that which the outbox is told for all.
  std::string traceparent = "";
};

NewEvent MakeEvent(std::string subject, const google::protobuf::Message& payload,
                   std::string traceparent = "");

}  // namespace dm::events
