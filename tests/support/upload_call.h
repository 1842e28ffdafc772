#pragma once

#include "absl/time/time.h"
#include "common/rpc/method.h"
#include "destinationmetier/type/v1/file_import.pb.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

// The two sides of an import's stream, for calling an ImportService's method without a network.
namespace dm::testing {

// Gives these messages, then ends as a client does that is done, or says no more.
class UploadReader final : public rpc::Reader<destinationmetier::type::v1::FileImportRequest> {
 public:
  using Message = destinationmetier::type::v1::FileImportRequest;

  explicit UploadReader(std::vector<Message> messages, bool then_silent = false)
      : messages_(std::move(messages)), then_silent_(then_silent) {}
  bool BrokenOff() const override { return false; }
  bool Read(Message* request) override {
    if (next_ == messages_.size()) return false;
    *request = messages_[next_++];
    return true;
  }
  bool Ready(absl::Duration) override { return next_ < messages_.size() || !then_silent_; }

 private:
  std::vector<Message> messages_;
  const bool then_silent_;
  size_t next_ = 0;
};

// Keeps the report, which must be the last answer.
class ReportWriter final : public rpc::Writer<destinationmetier::type::v1::FileImportResponse> {
 public:
  bool Write(const destinationmetier::type::v1::FileImportResponse& response) override {
    EXPECT_FALSE(has_report_) << "something follows the report";
    if (response.has_report()) report_ = response.report();
    if (response.has_progress()) progress_.push_back(response.progress());
    has_report_ = response.has_report();
    return true;
  }
  bool Cancelled() const override { return cancelled_; }
  void Cancel() { cancelled_ = true; }

  bool has_report() const { return has_report_; }
  const destinationmetier::type::v1::ImportReport& report() const { return report_; }
  // What was told before it, in turn.
  const std::vector<destinationmetier::type::v1::ImportProgress>& progress() const {
    return progress_;
  }

 private:
  destinationmetier::type::v1::ImportReport report_;
  std::vector<destinationmetier::type::v1::ImportProgress> progress_;
  bool has_report_ = false;
  bool cancelled_ = false;
};

}  // namespace dm::testing
