#include "services/catalogue/api/offer_record_messages.h"

#include "absl/strings/str_cat.h"
#include "services/catalogue/api/offer_messages.h"
#include "services/catalogue/api/place_messages.h"
#include "services/catalogue/domain/offer_rules.h"

#include <algorithm>

namespace dm::catalogue {
namespace {

namespace pb = destinationmetier::catalogue::v1;

}  // namespace

pb::OfferRecord ToMessage(const OfferRecord& record, OfferParty reader) {
  pb::OfferRecord message;
  *message.mutable_offer() = ToMessage(record.offer);
  message.set_etag(EtagOf(record.version));
  message.set_key(record.key);
  pb::OfferRecord::Cause cause = pb::OfferRecord::CAUSE_UNSPECIFIED;
  if (pb::OfferRecord::Cause_Parse(absl::StrCat("CAUSE_", record.why), &cause)) {
    message.set_cause(cause);
  }
  message.set_cause_text(record.why_text);
  // The proto counts them from 1, and nothing is the first.
  message.set_decided_by(
      static_cast<pb::OfferRecord::Party>(static_cast<int>(record.decided_by) + 1));
  Fill(record.create_time, message.mutable_create_time());
  Fill(record.update_time, message.mutable_update_time());
  if (record.publish_time.has_value()) Fill(*record.publish_time, message.mutable_publish_time());
  if (reader == OfferParty::kAgency || reader == OfferParty::kOperator) {
    message.set_open_reports(record.open_reports);
  }
  return message;
}

pb::Visibility ToMessage(const std::vector<VisibilityReason>& reasons) {
  pb::Visibility message;
  message.set_visible(std::none_of(reasons.begin(), reasons.end(),
                                   [](const VisibilityReason& reason) { return reason.hides; }));
  for (const VisibilityReason& reason : reasons) {
    pb::Visibility::Reason& added = *message.add_reasons();
    added.set_code(static_cast<pb::Visibility::Code>(reason.code));
    added.set_text(reason.text);
    added.set_fix(reason.fix);
    if (reason.since.has_value()) Fill(*reason.since, added.mutable_since());
    added.set_hides(reason.hides);
  }
  return message;
}

}  // namespace dm::catalogue
