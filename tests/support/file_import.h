#pragma once

#include "destinationmetier/type/v1/file_import.pb.h"

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

namespace dm::testing {

// Uploads files to an ImportService as a client does. `Stub` is that service's generated stub.
template <typename Stub>
grpc::Status ImportFiles(Stub& stub, const std::string& token, const std::string& kind,
                         const std::vector<std::pair<std::string, std::string>>& files,
                         destinationmetier::type::v1::ImportReport* report) {
  constexpr size_t kChunk = 256 << 10;
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(2));
  context.AddMetadata("authorization", "Bearer " + token);
  auto stream = stub.ImportFiles(&context);
  destinationmetier::type::v1::FileImportRequest request;
  request.mutable_start()->set_kind(kind);
  stream->Write(request);
  for (const auto& [name, content] : files) {
    for (size_t at = 0; at < content.size(); at += kChunk) {
      request.mutable_chunk()->set_file(name);
      request.mutable_chunk()->set_content(content.substr(at, kChunk));
      stream->Write(request);
    }
  }
  stream->WritesDone();
  destinationmetier::type::v1::FileImportResponse response;
  while (stream->Read(&response)) {
    if (response.has_report()) *report = response.report();
  }
  return stream->Finish();
}

}  // namespace dm::testing
