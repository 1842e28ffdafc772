#include "common/config/options.h"

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace dm::config {
namespace {

constexpr absl::string_view kVariablePrefix = "DM_";

std::string VariableOf(const Option& option) {
  return absl::StrCat(kVariablePrefix,
                      absl::AsciiStrToUpper(absl::StrReplaceAll(option.name, {{"-", "_"}})));
}

std::optional<bool> ParseSwitch(absl::string_view text) {
  if (text == "true" || text == "1" || text == "yes") return true;
  if (text == "false" || text == "0" || text == "no") return false;
  return std::nullopt;
}

bool IsAddress(absl::string_view text) {
  for (const absl::string_view scheme : {"dns:///", "unix:"}) {
    if (absl::StartsWith(text, scheme)) return text.size() > scheme.size();
  }
  const size_t colon = text.rfind(':');
  int port = 0;
  return colon != absl::string_view::npos && colon > 0 &&
         absl::SimpleAtoi(text.substr(colon + 1), &port) && port >= 0 && port <= 65535;
}

// What is wrong with the value; empty when nothing is.
std::string Complaint(const Option& option, const std::string& text) {
  int64_t integer = 0;
  absl::Duration duration;
  switch (option.type) {
    case Type::kText:
      return "";
    case Type::kInteger:
      if (absl::SimpleAtoi(text, &integer) && integer >= option.min && integer <= option.max) {
        return "";
      }
      return absl::StrCat("must be a whole number from ", option.min, " to ", option.max);
    case Type::kDuration:
      if (absl::ParseDuration(text, &duration) && duration >= absl::ZeroDuration()) return "";
      return "must be a duration such as 500ms, 10s or 2h";
    case Type::kSwitch:
      return ParseSwitch(text).has_value() ? "" : "must be true or false";
    case Type::kAddress:
      return IsAddress(text) ? "" : "must be host:port";
  }
  return "";
}

const Option* FindOption(const std::vector<Option>& options, absl::string_view name) {
  for (const Option& option : options) {
    if (option.name == name) return &option;
  }
  return nullptr;
}

using Texts = std::map<std::string, std::string>;

void ReadEnvironment(const std::vector<Option>& options, const Texts& environment, Texts* values,
                     std::vector<std::string>* mistakes) {
  for (const auto& [variable, text] : environment) {
    if (!absl::StartsWith(variable, kVariablePrefix)) continue;
    const Option* known = nullptr;
    for (const Option& option : options) {
      if (VariableOf(option) == variable) known = &option;
    }
    if (known == nullptr) {
      mistakes->push_back(absl::StrCat("unknown environment variable ", variable));
    } else {
      (*values)[known->name] = text;
    }
  }
}

void ReadArguments(const std::vector<Option>& options, const std::vector<std::string>& arguments,
                   Texts* values, std::vector<std::string>* mistakes) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    absl::string_view argument = arguments[i];
    if (!absl::ConsumePrefix(&argument, "--")) {
      mistakes->push_back(absl::StrCat("unexpected argument '", argument, "'"));
      continue;
    }
    const size_t equals = argument.find('=');
    const absl::string_view name = argument.substr(0, equals);
    const Option* option = FindOption(options, name);
    if (option == nullptr) {
      mistakes->push_back(absl::StrCat("unknown option --", name));
      continue;
    }
    if (equals != absl::string_view::npos) {
      (*values)[option->name] = std::string(argument.substr(equals + 1));
    } else if (option->type == Type::kSwitch) {
      (*values)[option->name] = "true";
    } else if (i + 1 < arguments.size()) {
      (*values)[option->name] = arguments[++i];
    } else {
      mistakes->push_back(absl::StrCat("--", name, " needs a value"));
    }
  }
}

}  // namespace

absl::StatusOr<Values> Read(const std::vector<Option>& options,
                            const std::vector<std::string>& arguments, const Texts& environment) {
  std::vector<std::string> mistakes;
  Values values;
  ReadEnvironment(options, environment, &values.values_, &mistakes);
  ReadArguments(options, arguments, &values.values_, &mistakes);
  for (const Option& option : options) {
    const auto given = values.values_.find(option.name);
    if (given == values.values_.end()) {
      if (option.default_value.has_value()) {
        values.values_[option.name] = *option.default_value;
      } else {
        mistakes.push_back(absl::StrCat("--", option.name, " (or ", VariableOf(option),
                                        ") is required: ", option.help));
      }
      continue;
    }
    const std::string complaint = Complaint(option, given->second);
    if (!complaint.empty()) {
      mistakes.push_back(absl::StrCat("--", option.name, " ", complaint));
    }
  }
  if (!mistakes.empty()) return absl::InvalidArgumentError(absl::StrJoin(mistakes, "\n"));
  return values;
}

namespace {

const std::string& Find(const Texts& values, absl::string_view name) {
  const auto found = values.find(std::string(name));
  if (found == values.end()) {
    std::fprintf(stderr, "option '%s' was never defined\n", std::string(name).c_str());
    std::abort();
  }
  return found->second;
}

}  // namespace

std::string Values::Text(absl::string_view name) const { return Find(values_, name); }

int64_t Values::Integer(absl::string_view name) const {
  int64_t value = 0;
  if (!absl::SimpleAtoi(Find(values_, name), &value)) std::abort();
  return value;
}

absl::Duration Values::Duration(absl::string_view name) const {
  absl::Duration value;
  if (!absl::ParseDuration(Find(values_, name), &value)) std::abort();
  return value;
}

bool Values::Switch(absl::string_view name) const {
  const std::optional<bool> value = ParseSwitch(Find(values_, name));
  if (!value.has_value()) std::abort();
  return *value;
}

std::string Help(absl::string_view program, const std::vector<Option>& options) {
  std::string text = absl::StrCat("Usage: ", program, " [--option=value]…\n\n");
  for (const Option& option : options) {
    absl::StrAppend(&text, "  --", option.name, "  (", VariableOf(option), ")\n      ",
                    option.help);
    if (!option.default_value.has_value()) {
      absl::StrAppend(&text, " Required.\n");
    } else if (option.default_value->empty()) {
      absl::StrAppend(&text, "\n");
    } else {
      absl::StrAppend(&text, " Default: ", *option.default_value, ".\n");
    }
  }
  return text;
}

absl::StatusOr<std::string> ReadSecret(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file || text.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("the secret's file ", path, " is empty or cannot be read"));
  }
  absl::StripAsciiWhitespace(&text);
  return text;
}

}  // namespace dm::config
