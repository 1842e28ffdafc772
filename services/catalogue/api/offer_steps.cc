#include "services/catalogue/api/offer_writing.h"

namespace dm::catalogue {

namespace pb = destinationmetier::catalogue::v1;

template <typename Request>
OfferApi::Record OfferApi::TakeStep(const rpc::Call& call, const Request& request, OfferStep step,
                                    absl::string_view text) const {
  return WriteOffer(
      call, request,
      [&](database::Transaction& transaction, OfferWrites& writes,
          absl::Time now) -> absl::StatusOr<std::string> {
        auto own = LockOwnOffer(transaction, call, request.name());
        if (!own.ok()) return own.status();
        absl::Status status = CheckEtag(request.etag(), own->record.version, own->record.Name());
        if (!status.ok()) return status;
        if (step == OfferStep::kSuspend && own->party != OfferParty::kHost &&
            Characters(text) < kShortestReason) {
          Violations violations;
          violations.Add("reason",
                         absl::StrCat("must have at least ", kShortestReason, " characters"));
          return violations.ToStatus();
        }
        status = TakeOfferStep(writes, &*own, step, own->Actor(call), now, text);
        if (!status.ok()) return status;
        return own->record.offer.id;
      });
}

OfferApi::Record OfferApi::SubmitOffer(const rpc::Call& call,
                                       const pb::SubmitOfferRequest& request) const {
  return TakeStep(call, request, OfferStep::kSubmit, "");
}

OfferApi::Record OfferApi::ApproveOffer(const rpc::Call& call,
                                        const pb::ApproveOfferRequest& request) const {
  return TakeStep(call, request, OfferStep::kApprove, "");
}

OfferApi::Record OfferApi::RejectOffer(const rpc::Call& call,
                                       const pb::RejectOfferRequest& request) const {
  return TakeStep(call, request, OfferStep::kReject, request.reason());
}

OfferApi::Record OfferApi::SuspendOffer(const rpc::Call& call,
                                        const pb::SuspendOfferRequest& request) const {
  return TakeStep(call, request, OfferStep::kSuspend, request.reason());
}

OfferApi::Record OfferApi::ResumeOffer(const rpc::Call& call,
                                       const pb::ResumeOfferRequest& request) const {
  return TakeStep(call, request, OfferStep::kResume, "");
}

OfferApi::Record OfferApi::ArchiveOffer(const rpc::Call& call,
                                        const pb::ArchiveOfferRequest& request) const {
  return TakeStep(call, request, OfferStep::kArchive, "");
}

}  // namespace dm::catalogue
