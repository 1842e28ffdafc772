#include "tests/system/contract/method_call.h"

#include "google/rpc/error_details.pb.h"

#include <chrono>
#include <utility>

namespace dm::contract {
namespace {

// Long enough for a busy machine; what streams without end is ended by it.
constexpr auto kPatience = std::chrono::seconds(20);

void* Tag(int number) { return reinterpret_cast<void*>(static_cast<intptr_t>(number)); }

std::string TextOf(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string text;
  if (!buffer.Dump(&slices).ok()) return text;
  for (const grpc::Slice& slice : slices) {
    text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return text;
}

void TakeError(const grpc::Status& status, Reply* reply) {
  reply->code = status.error_code();
  reply->content += status.error_message() + status.error_details();
  google::rpc::Status error;
  if (!error.ParseFromString(status.error_details())) return;
  for (const auto& detail : error.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::BadRequest bad;
    if (detail.UnpackTo(&info)) reply->reason = info.reason();
    if (!detail.UnpackTo(&bad)) continue;
    for (const auto& violation : bad.field_violations()) reply->fields.push_back(violation.field());
  }
}

}  // namespace

Reply MethodCaller::Call(const std::string& path, const std::string& token,
                         const std::string& request) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  if (!token.empty()) context.AddMetadata("authorization", "Bearer " + token);
  grpc::CompletionQueue queue;
  const auto next = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  const auto call = stub_.PrepareCall(&context, path, &queue);
  call->StartCall(Tag(1));
  Reply reply;
  const grpc::Slice slice(request);
  bool open = next();
  if (open) {
    call->WriteLast(grpc::ByteBuffer(&slice, 1), grpc::WriteOptions(), Tag(2));
    // A refused call takes no message, but tells why.
    (void)next();
  }
  grpc::ByteBuffer answer;
  while (open) {
    call->Read(&answer, Tag(3));
    open = next();
    if (open) reply.content += TextOf(answer);
  }
  grpc::Status status;
  call->Finish(&status, Tag(4));
  (void)next();
  TakeError(status, &reply);
  queue.Shutdown();
  while (next()) {
  }
  return reply;
}

}  // namespace dm::contract
