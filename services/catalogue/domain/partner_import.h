#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/catalogue/domain/offer_content.h"
#include "services/catalogue/domain/offer_states.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Offers that a partner's system pushes by its own keys, in runs that can be resumed.
namespace dm::catalogue {

constexpr size_t kLongestPartnerKey = 80;
constexpr size_t kLongestPartnerSource = 40;

// Who sends, and what they may do.
struct PartnerSender {
  // "people/{subject}".
  std::string person;
  // An operator sends for everywhere, all others for their territory.
  bool everywhere = false;
  std::vector<std::string> departments;
  // Whether what they send is shown without an agency's look at it.
  bool publishes = false;

  bool AnswersFor(const std::string& department) const;
};

// One item as it was sent.
struct PartnerItem {
  int64_t line = 0;
  std::string key;
  // Takes the offer out of sight; what follows is then empty.
  bool withdrawn = false;
  std::string siret;
  OfferContent content;
  // Those to come and, since an import takes its time, some that have begun since.
  std::vector<SessionContent> sessions;
  // SHA-256 of all that counts.
  std::string hash;
  // What is wrong with it by itself.
  absl::Status fault;
};

// The numbers are those of the proto's Outcome.
enum class ItemOutcome : uint8_t {
  kAdded = 1,
  kChanged = 2,
  kUnchanged = 3,
  kWithdrawn = 4,
  kRefused = 5,
};

struct ItemResult {
  int64_t line = 0;
  std::string key;
  ItemOutcome outcome = ItemOutcome::kUnchanged;
  // Empty for none.
  std::string offer;
  // Of what was refused.
  absl::Status error;
};

struct RunCounts {
  int64_t added = 0;
  int64_t changed = 0;
  int64_t unchanged = 0;
  int64_t withdrawn = 0;
  int64_t refused = 0;
  int64_t archived = 0;

  void Count(ItemOutcome outcome);
  int64_t items() const { return added + changed + unchanged + withdrawn + refused; }

  friend bool operator==(const RunCounts&, const RunCounts&) = default;
};

// 1 to 40 characters of a-z, 0-9 and dashes.
bool IsPartnerSource(absl::string_view source);

// Why what a run did not name is not archived although it says that it names everything: an empty
// run, or one of which a tenth or more was refused, is rather broken than complete. Else OK.
absl::Status CheckComplete(const RunCounts& counts);

// The steps that bring an offer, absent for a new one, where it is to be after its content changed.
// What is suspended is never brought back by them, and an offer that is over is none of these.
std::vector<OfferStep> StepsAfterImport(std::optional<OfferState> state, bool publishes,
                                        bool changes_what_was_read);

}  // namespace dm::catalogue
