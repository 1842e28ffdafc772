#include "common/text/uuid.h"
#include "services/catalogue/api/offer_content_messages.h"
#include "services/catalogue/api/offer_writing.h"
#include "services/catalogue/api/request_fields.h"

namespace dm::catalogue {
namespace {

namespace pb = destinationmetier::catalogue::v1;
using database::Transaction;

void CheckToCome(const std::vector<SessionContent>& sessions, absl::string_view field,
                 absl::Time now, Violations& violations) {
  for (size_t i = 0; i < sessions.size(); ++i) {
    CheckSession(absl::StrCat(field, "[", i, "]"), sessions[i], now, violations);
  }
}

// Of a company that was locked.
absl::StatusOr<OfferRecord> BeginOffer(OfferWrites& writes, const rpc::Call& call,
                                       const CompanyStanding& company, const NewOffer& offer,
                                       absl::string_view name) {
  const auto party = PartyOf(MandateOf(call.caller), company.siret, company.department);
  if (!party.has_value()) return dm::NotFoundError(name);
  const auto begun = DecideOfferStep(
      name, std::nullopt, OfferStep::kCreate, *party,
      {.company_banned = company.banned, .company_closed = company.closed_since.has_value()});
  if (!begun.ok()) return begun.status();
  return writes.Begin(offer, *begun, {call.caller.PersonName(), *party});
}

absl::StatusOr<NewOffer> NewOfferOf(Transaction& transaction, const pb::CreateOfferRequest& request,
                                    absl::Time now) {
  NewOffer offer{.siret = IdIn(request.parent(), "companies"),
                 .key = request.key().empty() ? NewUuid(now) : request.key(),
                 .content = ToContent(request.offer()),
                 .sessions = ToContents(request.offer().sessions())};
  Violations violations;
  CheckReferences(transaction, offer.siret, offer.content, "", "offer", violations);
  CheckToCome(offer.sessions, "offer.sessions", now, violations);
  if (!violations.empty()) return violations.ToStatus();
  if (HasOfferKey(transaction, offer.siret, offer.key)) {
    return AlreadyThere("OFFER_KEY_TAKEN", request.parent(), "the company has an offer of this key",
                        "Une de vos offres porte déjà cette référence.");
  }
  return offer;
}

}  // namespace

OfferApi::Record OfferApi::CreateOffer(const rpc::Call& call,
                                       const pb::CreateOfferRequest& request) const {
  return WriteOffer(
      call, request,
      [&](Transaction& transaction, OfferWrites& writes,
          absl::Time now) -> absl::StatusOr<std::string> {
        const auto company = LockCompany(transaction, IdIn(request.parent(), "companies"));
        const Mandate who = MandateOf(call.caller);
        if (!company.has_value() || !PartyOf(who, company->siret, company->department)) {
          return dm::NotFoundError(request.parent());
        }
        const auto offer = NewOfferOf(transaction, request, now);
        if (!offer.ok()) return offer.status();
        const auto begun = BeginOffer(writes, call, *company, *offer, request.parent());
        if (!begun.ok()) return begun.status();
        return begun->offer.id;
      });
}

OfferApi::Record OfferApi::UpdateOffer(const rpc::Call& call,
                                       const pb::UpdateOfferRequest& request) const {
  return WriteOffer(
      call, request,
      [&](Transaction& transaction, OfferWrites& writes,
          absl::Time now) -> absl::StatusOr<std::string> {
        auto own = LockOwnOffer(transaction, call, request.offer().name());
        if (!own.ok()) return own.status();
        const OfferRecord& record = own->record;
        absl::Status status = CheckEtag(request.etag(), record.version, record.Name());
        if (status.ok()) status = CheckEditable(record.Name(), record.offer.state);
        if (!status.ok()) return status;
        const OfferContent before = ContentOf(record.offer);
        OfferContent after = before;
        const auto& paths = request.update_mask().paths();
        for (const std::string& field : paths.empty() ? WrittenFields() : ToVector(paths)) {
          TakeField(field, request.offer(), &after);
        }
        if (after == before) return record.offer.id;
        Violations violations;
        CheckSiteOf(record.offer.siret, request.offer(), "offer", violations);
        CheckReferences(transaction, record.offer.siret, after, before.rome_code, "offer",
                        violations);
        if (!violations.empty()) return violations.ToStatus();
        OfferRecord changed = record;
        SetContent(after, &changed.offer);
        changed.profession_obsolete =
            record.profession_obsolete && after.rome_code == before.rome_code;
        if (status = CheckStaysWhole(record, changed, now); !status.ok()) return status;
        if (status = writes.Change(&own->record, after); !status.ok()) return status;
        // Of what the agency let through nothing comes into sight that it has not read.
        if (ChangesWhatWasRead(before, after) &&
            FindOfferTransition(record.offer.state, OfferStep::kEdit, own->party) != nullptr) {
          status = TakeOfferStep(writes, &*own, OfferStep::kEdit, own->Actor(call), now);
          if (!status.ok()) return status;
        }
        return record.offer.id;
      });
}

OfferApi::Record OfferApi::DuplicateOffer(const rpc::Call& call,
                                          const pb::DuplicateOfferRequest& request) const {
  return WriteOffer(call, request,
                    [&](Transaction& transaction, OfferWrites& writes,
                        absl::Time now) -> absl::StatusOr<std::string> {
                      const auto own = LockOwnOffer(transaction, call, request.name());
                      if (!own.ok()) return own.status();
                      const OfferRecord& model = own->record;
                      NewOffer offer{.siret = model.offer.siret,
                                     .key = FreeOfferKey(transaction, model.offer.siret, model.key),
                                     .content = ContentOf(model.offer),
                                     .sessions = ToContents(request.sessions())};
                      Violations violations;
                      CheckToCome(offer.sessions, "sessions", now, violations);
                      if (!violations.empty()) return violations.ToStatus();
                      const auto begun =
                          BeginOffer(writes, call, model.company, offer, model.Name());
                      if (!begun.ok()) return begun.status();
                      return begun->offer.id;
                    });
}

}  // namespace dm::catalogue
