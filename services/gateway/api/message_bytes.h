#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <string>
#include <vector>

namespace dm::gateway {

// Of a message that is serialized already.
inline grpc::ByteBuffer ToBytes(const std::string& text) {
  const grpc::Slice slice(text);
  return grpc::ByteBuffer(&slice, 1);
}

inline grpc::ByteBuffer ToBytes(const google::protobuf::Message& message) {
  return ToBytes(message.SerializeAsString());
}

// The serialized message; empty when there is none.
inline std::string TextOf(const grpc::ByteBuffer& bytes) {
  std::vector<grpc::Slice> slices;
  std::string text;
  if (!bytes.Dump(&slices).ok()) return text;
  text.reserve(bytes.Length());
  for (const grpc::Slice& slice : slices) {
    text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return text;
}

inline bool FromBytes(const grpc::ByteBuffer& bytes, google::protobuf::Message* message) {
  return bytes.Valid() && message->ParseFromString(TextOf(bytes));
}

}  // namespace dm::gateway
