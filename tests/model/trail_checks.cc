#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "services/booking/domain/transitions.h"
#include "tests/model/checks.h"

#include <algorithm>
#include <tuple>

namespace dm::model {
namespace {

using booking::BookingState;
using booking::BookingStateName;

std::string ToText(const TransitionRow& row) {
  return absl::StrCat(row.booking, " version ", row.version, " ",
                      row.from.has_value() ? BookingStateName(*row.from) : "nothing", " -> ",
                      BookingStateName(row.to), " by ", row.party, " (", row.why, ")");
}

bool IsInTable(const TransitionRow& row) {
  return std::any_of(booking::AllTransitions().begin(), booking::AllTransitions().end(),
                     [&](const booking::Transition& known) {
                       return known.from == row.from && known.to == row.to &&
                              PartyName(known.party) == row.party && known.why == row.why;
                     });
}

void CheckChains(const Evidence& evidence, Report* report) {
  const TransitionRow* before = nullptr;
  for (const TransitionRow& row : evidence.transitions) {
    const bool first = before == nullptr || before->booking != row.booking;
    const bool follows = first ? row.version == 1 && !row.from.has_value()
                               : row.version == before->version + 1 && row.from == before->to;
    if (!follows) report->Add("chain", absl::StrCat(ToText(row), " does not follow"));
    if (!IsInTable(row)) report->Add("table", absl::StrCat(ToText(row), " is no row of the table"));
    before = &row;
  }
}

// Each step of a booking once in the audit trail and once in the feed, in the order of versions.
void CheckEvents(const Evidence& evidence, Report* report) {
  absl::flat_hash_map<std::pair<std::string, int64_t>, const TransitionRow*> rows;
  for (const TransitionRow& row : evidence.transitions) rows[{row.booking, row.version}] = &row;
  absl::flat_hash_map<std::string, int64_t> last_version;
  for (const EventRow& event : evidence.events) {
    const auto* step = std::get_if<BookingStep>(&event.what);
    if (step == nullptr) continue;
    if (step->version != ++last_version[step->booking]) {
      report->Add("audit", absl::StrCat("event ", event.seq, ": version ", step->version, " of ",
                                        step->booking, " is out of its order"));
    }
    const auto row = rows.find({step->booking, step->version});
    if (row == rows.end()) {
      report->Add("audit", absl::StrCat("event ", event.seq, ": version ", step->version, " of ",
                                        step->booking, " is not in the audit trail"));
      continue;
    }
    if (std::tie(row->second->from, row->second->to, row->second->why) !=
        std::tie(step->from, step->to, step->why)) {
      report->Add("audit", absl::StrCat("event ", event.seq, " tells another step than ",
                                        ToText(*row->second)));
    }
    rows.erase(row);
  }
  for (const auto& [key, row] : rows) {
    report->Add("audit", absl::StrCat(ToText(*row), " is not in the feed"));
  }
}

void CheckBookings(const Evidence& evidence, Report* report) {
  absl::flat_hash_map<std::string, const TransitionRow*> last;
  for (const TransitionRow& row : evidence.transitions) last[row.booking] = &row;
  for (const booking::Booking& booking : evidence.bookings) {
    const auto row = last.find(booking.id);
    if (row == last.end() || row->second->version != booking.version ||
        row->second->to != booking.state || row->second->why != booking.why) {
      report->Add("audit",
                  absl::StrCat("the booking ", booking.id, " is ", BookingStateName(booking.state),
                               " at version ", booking.version, ", which no step led to"));
    }
    if (row != last.end()) last.erase(row);
  }
  for (const auto& [id, row] : last) {
    report->Add("audit", absl::StrCat(ToText(*row), " has no booking"));
  }
}

}  // namespace

void CheckTrail(const Evidence& evidence, Report* report) {
  CheckChains(evidence, report);
  CheckEvents(evidence, report);
  CheckBookings(evidence, report);
}

}  // namespace dm::model
