#include "tests/bench/load/answer_file.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_replace.h"

#include <fstream>
#include <iterator>
#include <vector>

namespace dm::bench {

std::optional<RecordedAnswer> ReadAnswer(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string code_text, message;
  int code = 0;
  if (!std::getline(file, code_text) || !absl::SimpleAtoi(code_text, &code) ||
      !std::getline(file, message)) {
    return std::nullopt;
  }
  const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (code == 0) return RecordedAnswer{grpc::Status::OK, bytes};
  return RecordedAnswer{grpc::Status(static_cast<grpc::StatusCode>(code), message, bytes), ""};
}

bool WriteAnswer(const std::string& path, const RecordedAnswer& answer) {
  std::ofstream file(path, std::ios::binary);
  file << answer.status.error_code() << "\n"
       << absl::StrReplaceAll(answer.status.error_message(), {{"\n", " "}}) << "\n"
       << (answer.status.ok() ? answer.message : answer.status.error_details());
  return file.flush().good();
}

grpc::ByteBuffer ToBuffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

std::string ToBytes(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Dump(&slices).ok()) return bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

}  // namespace dm::bench
