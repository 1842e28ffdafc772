#pragma once

#include <grpcpp/grpcpp.h>

#include <optional>
#include <string>

namespace dm::bench {

// What a server once answered, byte for byte, for an echo server to give the same.
struct RecordedAnswer {
  grpc::Status status;
  // The message, when the status is OK.
  std::string message;
};

// The file: a line with the number of the status code, a line with its message, then the details of
// the error or the bytes of the response. Absent when it cannot be read.
std::optional<RecordedAnswer> ReadAnswer(const std::string& path);
bool WriteAnswer(const std::string& path, const RecordedAnswer& answer);

// Conversions of messages that nobody looks into.
grpc::ByteBuffer ToBuffer(const std::string& bytes);
std::string ToBytes(const grpc::ByteBuffer& buffer);

}  // namespace dm::bench
