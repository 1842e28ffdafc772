#include "services/catalogue/api/offer_validation.h"

#include "absl/strings/str_cat.h"
#include "common/codes/siret.h"
#include "common/text/free_text.h"
#include "common/text/uuid.h"
#include "services/catalogue/api/offer_content_messages.h"
#include "services/catalogue/api/validation.h"
#include "services/catalogue/domain/offer_rules.h"
#include "services/catalogue/domain/search_rules.h"
#include "services/catalogue/domain/session_name.h"

#include <algorithm>

namespace dm::catalogue {
namespace {

namespace pb = destinationmetier::catalogue::v1;

void CheckOfferName(absl::string_view field, absl::string_view name, Violations& violations) {
  if (!IsUuid(IdIn(name, "offers"))) {
    violations.Add(field, "must be a name like offers/019b8dd0-5780-7615-8c22-1e51d9c1fbd0");
  }
}

void CheckCompanyName(absl::string_view name, bool or_all, Violations& violations) {
  const std::string siret = IdIn(name, "companies");
  if (!IsSiret(siret) && !(or_all && siret == "-")) {
    violations.Add("parent", absl::StrCat("must be a name like companies/73282932000074",
                                          or_all ? ", or companies/-" : ""));
  }
}

void CheckRequestId(const std::string& request_id, Violations& violations) {
  if (!IsUuid(request_id)) {
    violations.Add("request_id", "must be a UUID made by the client");
  }
}

void CheckReason(const std::string& reason, size_t least, Violations& violations) {
  if (Characters(reason) < least) {
    violations.Add("reason", absl::StrCat("must have at least ", least, " characters"));
  } else if (const std::string fault = FreeTextFault(reason, kLongestReason); !fault.empty()) {
    violations.Add("reason", fault);
  }
}

template <typename Request>
void CheckStep(const Request& request, Violations& violations) {
  CheckOfferName("name", request.name(), violations);
  CheckRequestId(request.request_id(), violations);
}

template <typename Paths>
bool Names(const Paths& paths, absl::string_view path) {
  return std::find(paths.begin(), paths.end(), path) != paths.end();
}

void CheckMask(const google::protobuf::FieldMask& mask, const std::vector<std::string>& known,
               Violations& violations) {
  for (int i = 0; i < mask.paths_size(); ++i) {
    if (!Names(known, mask.paths(i))) {
      violations.Add(absl::StrCat("update_mask.paths[", i, "]"), "cannot be changed");
    }
  }
}

}  // namespace

void Validate(const pb::CreateOfferRequest& request, Violations& violations) {
  CheckCompanyName(request.parent(), false, violations);
  CheckContent(request.offer(), "offer", violations);
  CheckSiteOf(IdIn(request.parent(), "companies"), request.offer(), "offer", violations);
  CheckSessions(request.offer().sessions(), "offer.sessions", violations);
  const std::string fault = FreeTextFault(request.key(), kLongestOfferKey);
  if (!fault.empty()) violations.Add("key", fault);
  CheckRequestId(request.request_id(), violations);
}

void Validate(const pb::GetOfferRecordRequest& request, Violations& violations) {
  CheckOfferName("name", request.name(), violations);
}

void Validate(const pb::ListOfferRecordsRequest& request, Violations& violations) {
  CheckCompanyName(request.parent(), true, violations);
  if (!pb::OfferRecordView_IsValid(request.view())) violations.Add("view", "must be a view");
  for (int i = 0; i < request.states_size(); ++i) {
    const int state = request.states(i);
    if (state == pb::Offer::STATE_UNSPECIFIED || !pb::Offer::State_IsValid(state)) {
      violations.Add(absl::StrCat("states[", i, "]"), "must be a state");
    }
  }
  CheckPageSize(request.page_size(), violations);
}

void Validate(const pb::UpdateOfferRequest& request, Violations& violations) {
  CheckOfferName("offer.name", request.offer().name(), violations);
  const auto& paths = request.update_mask().paths();
  CheckMask(request.update_mask(), WrittenFields(), violations);
  CheckContent(
      request.offer(), "offer",
      [&paths](absl::string_view field) { return paths.empty() || Names(paths, field); },
      violations);
  CheckRequestId(request.request_id(), violations);
}

void Validate(const pb::SubmitOfferRequest& request, Violations& violations) {
  CheckStep(request, violations);
}

void Validate(const pb::ApproveOfferRequest& request, Violations& violations) {
  CheckStep(request, violations);
}

void Validate(const pb::RejectOfferRequest& request, Violations& violations) {
  CheckStep(request, violations);
  CheckReason(request.reason(), kShortestReason, violations);
}

void Validate(const pb::SuspendOfferRequest& request, Violations& violations) {
  CheckStep(request, violations);
  CheckReason(request.reason(), 0, violations);
}

void Validate(const pb::ResumeOfferRequest& request, Violations& violations) {
  CheckStep(request, violations);
}

void Validate(const pb::ArchiveOfferRequest& request, Violations& violations) {
  CheckStep(request, violations);
}

void Validate(const pb::DuplicateOfferRequest& request, Violations& violations) {
  CheckStep(request, violations);
  CheckSessions(request.sessions(), "sessions", violations);
}

void Validate(const pb::CreateSessionRequest& request, Violations& violations) {
  CheckOfferName("parent", request.parent(), violations);
  CheckSessionForm(request.session(), "session", violations);
  CheckRequestId(request.request_id(), violations);
}

void Validate(const pb::UpdateSessionRequest& request, Violations& violations) {
  if (!ParseSessionName(request.session().name()).has_value()) {
    violations.Add("session.name", "must be offers/{uuid}/sessions/{uuid}");
  }
  CheckMask(request.update_mask(), {"end_time", "capacity", "closed"}, violations);
  CheckRequestId(request.request_id(), violations);
}

void Validate(const pb::ExplainVisibilityRequest& request, Violations& violations) {
  CheckOfferName("name", request.name(), violations);
}

}  // namespace dm::catalogue
