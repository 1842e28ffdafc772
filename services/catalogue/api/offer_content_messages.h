#pragma once

#include "absl/strings/string_view.h"
#include "common/errors/error.h"
#include "destinationmetier/catalogue/v1/catalogue_service.pb.h"
#include "services/catalogue/domain/offer.h"

#include <google/protobuf/repeated_ptr_field.h>

#include <functional>
#include <string>
#include <vector>

// What people and systems write in an offer, as messages.
namespace dm::catalogue {

// The fields of an Offer that somebody may write, as the proto spells them; without sessions.
const std::vector<std::string>& WrittenFields();

// Everything that is wrong with those of them that `counts` names; empty fields are not: whether
// they may be is a question of the offer's state. `field` is the path of the offer.
void CheckContent(const destinationmetier::catalogue::v1::Offer& offer, absl::string_view field,
                  const std::function<bool(absl::string_view)>& counts, Violations& violations);
// The same of all.
void CheckContent(const destinationmetier::catalogue::v1::Offer& offer, absl::string_view field,
                  Violations& violations);

// Takes one of WrittenFields from an offer that CheckContent found nothing wrong with.
void TakeField(absl::string_view field, const destinationmetier::catalogue::v1::Offer& offer,
               OfferContent* content);
OfferContent ToContent(const destinationmetier::catalogue::v1::Offer& offer);

// A site belongs to the company that the offer is of.
void CheckSiteOf(const std::string& siret, const destinationmetier::catalogue::v1::Offer& offer,
                 absl::string_view field, Violations& violations);

// Whatever is wrong with sessions wherever and whenever it is asked: that they are to come is
// looked at when they are written.
void CheckSessions(
    const google::protobuf::RepeatedPtrField<destinationmetier::catalogue::v1::Session>& sessions,
    absl::string_view field, Violations& violations);
void CheckSessionForm(const destinationmetier::catalogue::v1::Session& session,
                      absl::string_view field, Violations& violations);
SessionContent ToContent(const destinationmetier::catalogue::v1::Session& session);
std::vector<SessionContent> ToContents(
    const google::protobuf::RepeatedPtrField<destinationmetier::catalogue::v1::Session>& sessions);

}  // namespace dm::catalogue
