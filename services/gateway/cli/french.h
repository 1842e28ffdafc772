#pragma once

#include "absl/strings/string_view.h"
#include "destinationmetier/booking/v1/booking_service.pb.h"
#include "destinationmetier/catalogue/v1/catalogue_service.pb.h"
#include "destinationmetier/type/v1/audience.pb.h"
#include "destinationmetier/type/v1/geo.pb.h"

#include <google/protobuf/repeated_field.h>
#include <google/protobuf/timestamp.pb.h>

#include <limits>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

// How people read what the services say.
namespace dm::gateway::cli {

// "lun. 07/12/2026 09:00" in Paris.
std::string TimeText(const google::protobuf::Timestamp& time);
// "61100 Caligny (61)".
std::string PlaceText(const destinationmetier::type::v1::Place& place);
std::string StateText(destinationmetier::booking::v1::Booking::State state);
std::string OfferStateText(destinationmetier::catalogue::v1::Offer::State state);
// "3e, 2de, lycée".
std::string AudiencesText(const google::protobuf::RepeatedField<int>& audiences);
std::string FormatText(destinationmetier::type::v1::MeetingFormat format);

// "07/12/2026" in Paris.
std::string DateText(const google::protobuf::Timestamp& time);

// The text in one line: what people wrote may hold line breaks, or signs that a terminal obeys.
std::string OneLine(absl::string_view text);

// Columns that line up. The first row is the heading; cells are made one line each.
class Table {
 public:
  // From the column `numbers` on they end below one another.
  explicit Table(std::vector<std::string> heading,
                 size_t numbers = std::numeric_limits<size_t>::max())
      : numbers_(numbers) {
    Add(std::move(heading));
  }
  void Add(std::vector<std::string> row);
  size_t rows() const { return rows_.size() - 1; }
  void Write(std::ostream& out) const;

 private:
  const size_t numbers_;
  std::vector<std::vector<std::string>> rows_;
};

// Number of characters of UTF-8 text.
size_t LengthOf(absl::string_view text);

}  // namespace dm::gateway::cli
