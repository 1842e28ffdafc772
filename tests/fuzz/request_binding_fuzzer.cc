// A request to one of the public paths: "GET /v1/…?…", then "name: value" lines, an empty line and
// the body. Whatever comes, the binding refuses it with a violation or makes a message that a
// service may get.
#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "services/gateway/api/public_services.h"
#include "services/gateway/http/request_binding.h"
#include "services/gateway/http/routing_table.h"
#include "tests/fuzz/expect.h"
#include "tests/fuzz/message_text.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace dm::gateway {
namespace {

const RoutingTable& Routes() {
  static const auto* const kRoutes = [] {
    std::vector<PublicService> services;
    for (const PublicEntry& entry : PublicTable()) services.push_back({entry.service, nullptr});
    return new RoutingTable(*RoutingTable::Compile(services));
  }();
  return *kRoutes;
}

HttpRequest RequestOf(absl::string_view text) {
  HttpRequest request;
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits("\n\n", 1));
  request.body = std::string(parts.second);
  const std::vector<absl::string_view> lines = absl::StrSplit(parts.first, '\n');
  std::tie(request.method, request.target) =
      std::pair<std::string, std::string>(absl::StrSplit(lines[0], absl::MaxSplits(' ', 1)));
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::pair<absl::string_view, absl::string_view> header =
        absl::StrSplit(lines[i], absl::MaxSplits(": ", 1));
    request.headers.emplace_back(absl::AsciiStrToLower(header.first), header.second);
  }
  return request;
}

void Bind(const HttpRequest& request) {
  const auto path = RequestPath::Parse(request.Path());
  if (!path.ok()) return;
  const auto found = Routes().Find(request.method, *path);
  if (found.route == nullptr) return;
  const auto* prototype = google::protobuf::MessageFactory::generated_factory()->GetPrototype(
      found.route->method->input_type());
  const std::unique_ptr<google::protobuf::Message> message(prototype->New());
  const absl::Status status = BindRequest(*found.route, found.variables, request, message.get());
  if (!status.ok()) {
    const auto details = GetErrorDetails(status);
    FUZZ_EXPECT(details.has_value() && !details->fields.empty());
    return;
  }
  FUZZ_EXPECT(fuzz::HasCleanTexts(*message));
  const std::unique_ptr<google::protobuf::Message> back(prototype->New());
  FUZZ_EXPECT(back->ParseFromString(message->SerializeAsString()));
}

}  // namespace
}  // namespace dm::gateway

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  dm::gateway::Bind(dm::gateway::RequestOf({reinterpret_cast<const char*>(data), size}));
  return 0;
}
