#pragma once

#include "absl/strings/string_view.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor_database.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <set>
#include <string>

namespace dm::gateway {

// The comments of the protos. The generated code has none, so that they come from a copy of the
// descriptors that the build puts beside it.
class Comments {
 public:
  Comments();
  ~Comments();
  // The comment above a thing, in one paragraph a line break; empty when there is none.
  std::string Of(const google::protobuf::ServiceDescriptor& service) const;
  std::string Of(const google::protobuf::MethodDescriptor& method) const;
  std::string Of(const google::protobuf::Descriptor& message) const;
  std::string Of(const google::protobuf::FieldDescriptor& field) const;
  std::string Of(const google::protobuf::EnumDescriptor& type) const;
  std::string Of(const google::protobuf::EnumValueDescriptor& value) const;

 private:
  google::protobuf::DescriptorPool pool_;
};

// Whether a caller must give the field: its comment says "Required." as a sentence of its own.
// Never so for `request_id`, which a header may carry.
bool IsRequired(const google::protobuf::FieldDescriptor& field, absl::string_view comment);

// JSON schemas (draft 2020-12, that of OpenAPI 3.1) of messages and enums, gathered as they are
// referred to. Not thread-safe.
class Schemas {
 public:
  // `comments` outlives this.
  explicit Schemas(const Comments* comments) : comments_(comments) {}

  // A reference to a message's schema, which is made with all that it refers to.
  nlohmann::json Ref(const google::protobuf::Descriptor& message);
  // The schema of a field's value, `repeated` included, without its comment.
  nlohmann::json Field(const google::protobuf::FieldDescriptor& field);
  // A message's properties but those named in `without` (as the proto spells them).
  nlohmann::json Object(const google::protobuf::Descriptor& message,
                        const std::set<std::string>& without);

  const nlohmann::json& components() const { return components_; }

 private:
  nlohmann::json Value(const google::protobuf::FieldDescriptor& field);
  nlohmann::json Enum(const google::protobuf::EnumDescriptor& type);

  const Comments* comments_;
  nlohmann::json components_ = nlohmann::json::object();
};

}  // namespace dm::gateway
