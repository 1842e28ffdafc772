#pragma once

#include "absl/strings/string_view.h"
#include "services/booking/domain/agreement.h"
#include "services/booking/domain/agreement_parties.h"
#include "services/booking/domain/person.h"
#include "services/booking/domain/scheme.h"
#include "services/booking/domain/signing.h"

#include <string>

// How the paper of an agreement says things, in French.
namespace dm::booking {

// Under what a stay of the scheme takes place, for the first article.
absl::string_view FrameworkInWords(Scheme scheme);

absl::string_view LevelInWords(Level level);

// Who signs; empty for who does not.
absl::string_view PartyInWords(AgreementParty party, const AgreementKind& kind);

absl::string_view MethodInWords(SignatureMethod method);

// "90000001900019" as people write it: "900 000 019 00019".
std::string SiretInWords(absl::string_view siret);

// Groups of eight, so that a hash can be compared by eye and broken into lines.
std::string HashInGroups(absl::string_view hash);
std::string ShortHash(absl::string_view hash);

}  // namespace dm::booking
