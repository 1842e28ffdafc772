// A body for one of some messages, which the first byte chooses. What is taken has a JSON form that
// is taken again and stays as it is.
#include "destinationmetier/booking/v1/agreement_service.pb.h"
#include "destinationmetier/booking/v1/booking_service.pb.h"
#include "destinationmetier/catalogue/v1/offer_exchange_service.pb.h"
#include "destinationmetier/catalogue/v1/offer_service.pb.h"
#include "services/gateway/http/json_body.h"
#include "tests/fuzz/expect.h"
#include "tests/fuzz/message_text.h"

#include <google/protobuf/util/json_util.h>

#include <cstdint>
#include <memory>
#include <string>

namespace dm::gateway {
namespace {

using google::protobuf::Message;

const Message& PrototypeOf(uint8_t choice) {
  static const Message* const kPrototypes[] = {
      &destinationmetier::booking::v1::CreateBookingRequest::default_instance(),
      &destinationmetier::booking::v1::UpdateAgreementRequest::default_instance(),
      &destinationmetier::booking::v1::ListBookingsResponse::default_instance(),
      &destinationmetier::catalogue::v1::OfferRecord::default_instance(),
      &destinationmetier::catalogue::v1::PartnerOffer::default_instance(),
  };
  return *kPrototypes[choice % std::size(kPrototypes)];
}

std::string JsonOf(const Message& message) {
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json);
  return status.ok() ? json : "";
}

void Parse(const Message& prototype, absl::string_view text) {
  const std::unique_ptr<Message> message(prototype.New());
  Violations violations;
  ParseJsonBody(text, "", message.get(), &violations);
  if (!violations.empty()) return;
  FUZZ_EXPECT(fuzz::HasCleanTexts(*message));
  const std::string json = JsonOf(*message);
  // An answer of these bytes may have no JSON form, a time of the year 10000 for instance.
  if (json.empty()) return;
  const std::unique_ptr<Message> again(prototype.New());
  ParseJsonBody(json, "", again.get(), &violations);
  FUZZ_EXPECT(violations.empty());
  // Not the messages: the JSON form of a field mask does not keep all its underscores.
  FUZZ_EXPECT(JsonOf(*again) == json);
}

}  // namespace
}  // namespace dm::gateway

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  dm::gateway::Parse(dm::gateway::PrototypeOf(data[0]),
                     {reinterpret_cast<const char*>(data) + 1, size - 1});
  return 0;
}
