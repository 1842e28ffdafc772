#include "tests/bench/load/call_plan.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "common/text/uuid.h"
#include "destinationmetier/catalogue/v1/catalogue_service.pb.h"

#include <google/protobuf/util/json_util.h>

#include <fstream>
#include <memory>
#include <utility>

namespace dm::bench {
namespace {

using google::protobuf::Message;

// "/package.Service/Method"; null when it is none that is known here.
const google::protobuf::MethodDescriptor* FindMethod(const std::string& path) {
  // Naming one of its messages is what links the service's descriptors in.
  const auto* const pool =
      destinationmetier::catalogue::v1::SearchOffersRequest::descriptor()->file()->pool();
  return path.empty() ? nullptr
                      : pool->FindMethodByName(absl::StrReplaceAll(path.substr(1), {{"/", "."}}));
}

std::unique_ptr<Message> NewMessage(const google::protobuf::Descriptor* type) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

// SplitMix64: spreads neighbouring numbers.
uint64_t Spread(uint64_t number) {
  number += 0x9e3779b97f4a7c15;
  number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
  number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
  return number ^ (number >> 31);
}

}  // namespace

BookingPlan::BookingPlan(std::vector<std::string> sessions, std::vector<std::string> tokens,
                         bool again)
    : sessions_(std::move(sessions)),
      tokens_(std::move(tokens)),
      again_(again),
      id_prefix_(NewUuid(absl::Now()).substr(0, 24)) {}

std::optional<PlannedCall> BookingPlan::Next() {
  const uint64_t number = next_.fetch_add(1, std::memory_order_relaxed);
  if (sessions_.empty() || tokens_.empty()) return std::nullopt;
  if (!again_ && number >= tokens_.size()) return std::nullopt;
  destinationmetier::booking::v1::CreateBookingRequest request;
  request.set_session(sessions_[Spread(number) % sessions_.size()]);
  request.set_request_id(
      absl::StrCat(id_prefix_, absl::Hex(number & 0xffffffffffff, absl::kZeroPad12)));
  return PlannedCall{&method_, tokens_[number % tokens_.size()], request.SerializeAsString()};
}

RequestPlan::RequestPlan(std::string method, std::vector<std::string> requests)
    : method_(std::move(method)), requests_(std::move(requests)) {}

std::optional<PlannedCall> RequestPlan::Next() {
  if (requests_.empty()) return std::nullopt;
  const uint64_t number = next_.fetch_add(1, std::memory_order_relaxed);
  return PlannedCall{&method_, "", requests_[Spread(number) % requests_.size()]};
}

std::optional<PlannedCall> MixedPlan::Next() {
  uint64_t lot = Spread(next_.fetch_add(1, std::memory_order_relaxed)) % 1000;
  for (size_t part = 0; part < parts_.size(); ++part) {
    if (lot < parts_[part].share) {
      std::optional<PlannedCall> call = parts_[part].plan->Next();
      if (call.has_value()) call->part = part;
      return call;
    }
    lot -= parts_[part].share;
  }
  return std::nullopt;
}

std::optional<std::vector<std::string>> ReadRequests(const std::string& method,
                                                     const std::string& path) {
  const auto* const found = FindMethod(method);
  std::ifstream file(path);
  if (found == nullptr || !file.is_open()) return std::nullopt;
  std::vector<std::string> requests;
  for (std::string line; std::getline(file, line);) {
    const std::unique_ptr<Message> request = NewMessage(found->input_type());
    if (!google::protobuf::util::JsonStringToMessage(line, request.get()).ok()) return std::nullopt;
    requests.push_back(request->SerializeAsString());
  }
  return requests;
}

std::string NextPageRequest(const std::string& method, const std::string& request,
                            const std::string& answer) {
  const auto* const found = FindMethod(method);
  if (found == nullptr) return "";
  const auto* const next_token = found->output_type()->FindFieldByName("next_page_token");
  const auto* const token = found->input_type()->FindFieldByName("page_token");
  const std::unique_ptr<Message> response = NewMessage(found->output_type());
  const std::unique_ptr<Message> next = NewMessage(found->input_type());
  if (next_token == nullptr || token == nullptr || !response->ParseFromString(answer) ||
      !next->ParseFromString(request)) {
    return "";
  }
  const std::string value = response->GetReflection()->GetString(*response, next_token);
  if (value.empty()) return "";
  next->GetReflection()->SetString(next.get(), token, value);
  std::string json;
  return google::protobuf::util::MessageToJsonString(*next, &json).ok() ? json : "";
}

}  // namespace dm::bench
