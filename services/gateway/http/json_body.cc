#include "services/gateway/http/json_body.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/gateway/http/field_text.h"

#include <google/protobuf/util/json_util.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace dm::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MessageFactory;
using nlohmann::json;

constexpr size_t kDeepest = 32;
// More tell nobody anything.
constexpr int kMostViolations = 100;

// Whether its JSON form has the fields that its proto has.
bool HasFieldsInJson(const FieldDescriptor* field) {
  return field != nullptr && field->message_type() != nullptr && !field->is_map() &&
         !absl::StartsWith(field->message_type()->full_name(), "google.protobuf.");
}

bool HasNul(const std::string& text) { return text.find('\0') != std::string::npos; }

// "NaN" and "Infinity" are numbers to the library, but within no limit that a service can set.
bool IsNoNumber(const FieldDescriptor* field, const std::string& text) {
  if (field == nullptr || (field->cpp_type() != FieldDescriptor::CPPTYPE_DOUBLE &&
                           field->cpp_type() != FieldDescriptor::CPPTYPE_FLOAT)) {
    return false;
  }
  double number = 0;
  return !absl::SimpleAtod(text, &number) || !std::isfinite(number);
}

// The library's own judgement of one value, or one of a list.
bool IsValueOf(const FieldDescriptor* field, bool listed, const json& value) {
  const std::unique_ptr<Message> scratch(
      MessageFactory::generated_factory()->GetPrototype(field->containing_type())->New());
  const json object = {{field->json_name(), listed ? json::array({value}) : value}};
  return google::protobuf::util::JsonStringToMessage(object.dump(), scratch.get()).ok();
}

// Goes through a JSON text beside the descriptor of its message.
class Reader final : public nlohmann::json_sax<json> {
 public:
  // `judge`: looks at every value too, which is slow: for a text that was refused.
  Reader(const Descriptor* message, absl::string_view place, bool judge, Violations* violations)
      : root_(message), place_(place), judge_(judge), violations_(violations) {}

  bool found_something() const { return found_ > 0; }

  bool null() override { return Value(nullptr); }
  bool boolean(bool value) override { return Value(value); }
  bool number_integer(number_integer_t value) override { return Value(value); }
  bool number_unsigned(number_unsigned_t value) override { return Value(value); }
  bool number_float(number_float_t value, const string_t&) override { return Value(value); }
  bool string(string_t& value) override {
    if (HasNul(value)) Add("must not hold a NUL");
    if (!frames_.empty() && IsNoNumber(frames_.back().field, value)) Add("must be a number");
    return Value(value);
  }
  bool binary(binary_t&) override { return false; }

  bool start_object(size_t) override {
    if (frames_.size() == kDeepest) return Stop("is nested too deeply");
    if (frames_.empty()) {
      frames_.push_back({.message = root_});
      return true;
    }
    const FieldDescriptor* field = frames_.back().field;
    if (judge_ && field != nullptr && field->message_type() == nullptr) {
      Add(absl::StrCat("must be ", ExpectedText(field)));
    } else if (IsAlone()) {
      Add("must be a list");
    }
    frames_.push_back({.message = HasFieldsInJson(field) ? field->message_type() : nullptr});
    return true;
  }
  bool key(string_t& name) override {
    Frame& frame = frames_.back();
    frame.field = frame.message == nullptr ? nullptr : FindField(frame.message, name);
    frame.name = frame.field == nullptr ? name : frame.field->name();
    if (!frame.names.insert(frame.name).second) Add("is given twice");
    if (HasNul(name)) Add("must not hold a NUL");
    if (frame.message != nullptr && frame.field == nullptr) Add("there is no such field");
    return true;
  }
  bool end_object() override { return Leave(); }

  bool start_array(size_t) override {
    if (frames_.empty()) return Stop("must be a JSON object");
    if (frames_.size() == kDeepest) return Stop("is nested too deeply");
    const FieldDescriptor* field = frames_.back().field;
    if (judge_ && field != nullptr && !field->is_repeated() && HasSimpleForm(field)) {
      Add(absl::StrCat("must be ", ExpectedText(field), ", one only"));
      field = nullptr;
    }
    frames_.push_back({.is_array = true, .field = field});
    return true;
  }
  bool end_array() override { return Leave(); }

  bool parse_error(size_t, const std::string&, const nlohmann::detail::exception&) override {
    frames_.clear();
    return Stop("is not JSON in UTF-8");
  }

 private:
  struct Frame {
    bool is_array = false;
    // What the object is; null where that is not known or of no interest.
    const Descriptor* message = nullptr;
    // The field that is read, of an array the one that it is of.
    const FieldDescriptor* field = nullptr;
    std::string name = "";
    size_t index = 0;
    std::set<std::string> names = {};
  };

  static bool HasSimpleForm(const FieldDescriptor* field) {
    return field->message_type() == nullptr || HasFieldsInJson(field);
  }

  // Not in the list that the field is, which the library would take for a list of one.
  bool IsAlone() const {
    const Frame& frame = frames_.back();
    return !frame.is_array && frame.field != nullptr && frame.field->is_repeated() &&
           !frame.field->is_map();
  }

  bool Value(const json& value) {
    if (frames_.empty()) return Stop("must be a JSON object");
    const FieldDescriptor* field = frames_.back().field;
    if (IsAlone() && !value.is_null()) Add("must be a list");
    if (judge_ && field != nullptr && !value.is_null() &&
        !IsValueOf(field, frames_.back().is_array, value)) {
      Add(absl::StrCat("must be ", ExpectedText(field)));
    }
    Next();
    return true;
  }

  bool Leave() {
    frames_.pop_back();
    if (!frames_.empty()) Next();
    return true;
  }

  void Next() {
    if (frames_.back().is_array) ++frames_.back().index;
  }

  void Add(absl::string_view what) {
    if (++found_ <= kMostViolations) violations_->Add(Path(), what);
  }

  bool Stop(absl::string_view what) {
    Add(what);
    return false;
  }

  std::string Path() const {
    std::string path = place_;
    for (const Frame& frame : frames_) {
      if (frame.is_array) {
        absl::StrAppend(&path, "[", frame.index, "]");
      } else if (!frame.name.empty()) {
        absl::StrAppend(&path, path.empty() ? "" : ".", frame.name);
      }
    }
    return path.empty() ? "body" : path;
  }

  const Descriptor* const root_;
  const std::string place_;
  const bool judge_;
  Violations* const violations_;
  std::vector<Frame> frames_;
  int found_ = 0;
};

// Whether something is wrong; it is in `violations` then.
bool FindWrong(absl::string_view text, absl::string_view place, const Descriptor* message,
               bool judge, Violations* violations) {
  Reader reader(message, place, judge, violations);
  json::sax_parse(text.begin(), text.end(), &reader);
  return reader.found_something();
}

}  // namespace

void ParseJsonBody(absl::string_view text, absl::string_view place, Message* message,
                   Violations* violations) {
  const Descriptor* type = message->GetDescriptor();
  if (FindWrong(text, place, type, /*judge=*/false, violations)) return;
  const google::protobuf::StringPiece piece(text.data(), text.size());
  if (google::protobuf::util::JsonStringToMessage(piece, message).ok()) return;
  if (FindWrong(text, place, type, /*judge=*/true, violations)) return;
  violations->Add(place.empty() ? "body" : place,
                  absl::StrCat("is not the JSON form of ", type->full_name()));
}

}  // namespace dm::gateway
