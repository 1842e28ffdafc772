#pragma once

#include <nlohmann/json.hpp>

#include <map>
#include <string>
#include <vector>

namespace dm::testing {

struct HttpAnswer {
  // 0 when there was no answer.
  int code = 0;
  std::map<std::string, std::string> headers;
  std::string body;
  // Null when the body is no JSON.
  nlohmann::json json;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  // Empty for none.
  std::string token;
  std::string body;
  // More of them, "Name: value".
  std::vector<std::string> headers = {};
};

// Sends one request and waits for the answer, at most 30 s. Thread-safe.
HttpAnswer Fetch(const HttpRequest& request);

// `reason` of the google.rpc.ErrorInfo of an AIP-193 error.
std::string ReasonOf(const HttpAnswer& answer);

}  // namespace dm::testing
