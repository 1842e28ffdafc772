#pragma once

#include "absl/strings/string_view.h"
#include "destinationmetier/booking/v1/booking_service.pb.h"
#include "destinationmetier/type/v1/audience.pb.h"
#include "destinationmetier/type/v1/geo.pb.h"

#include <google/protobuf/repeated_field.h>
#include <google/protobuf/timestamp.pb.h>

#include <ostream>
#include <string>
#include <vector>

// How people read what the services say.
namespace dm::gateway::cli {

// "lun. 07/12/2026 09:00" in Paris.
std::string TimeText(const google::protobuf::Timestamp& time);
// "61100 Caligny (61)".
std::string PlaceText(const destinationmetier::type::v1::Place& place);
std::string StateText(destinationmetier::booking::v1::Booking::State state);
// "3e, 2de, lycée".
std::string AudiencesText(const google::protobuf::RepeatedField<int>& audiences);
std::string FormatText(destinationmetier::type::v1::MeetingFormat format);

// Columns that line up. The first row is the heading.
class Table {
 public:
  explicit Table(std::vector<std::string> heading) { rows_.push_back(std::move(heading)); }
  void Add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  size_t rows() const { return rows_.size() - 1; }
  void Write(std::ostream& out) const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

// Number of characters of UTF-8 text.
size_t LengthOf(absl::string_view text);

}  // namespace dm::gateway::cli
