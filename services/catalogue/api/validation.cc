#include "services/catalogue/api/validation.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/codes/official_codes.h"
#include "common/codes/siret.h"
#include "common/text/free_text.h"
#include "common/text/uuid.h"
#include "services/catalogue/api/request_fields.h"
#include "services/catalogue/domain/cancellation.h"
#include "services/catalogue/domain/search_rules.h"
#include "services/catalogue/domain/session_name.h"

namespace dm::catalogue {
namespace {

namespace pb = destinationmetier::catalogue::v1;

constexpr absl::string_view kCompanyExample = "companies/73282932000074";
constexpr absl::string_view kOfferExample = "offers/019b8dd0-5780-7615-8c22-1e51d9c1fbd0";

void CheckName(absl::string_view name, absl::string_view collection,
               bool (*is_id)(absl::string_view), absl::string_view example,
               Violations& violations) {
  if (!is_id(IdIn(name, collection))) {
    violations.Add("name", absl::StrCat("must be a name like ", example));
  }
}

// As many as a batch takes, each well formed.
void CheckNames(const google::protobuf::RepeatedPtrField<std::string>& names,
                absl::string_view collection, bool (*is_id)(absl::string_view),
                absl::string_view example, Violations& violations) {
  constexpr int kMostNames = 100;
  if (names.empty() || names.size() > kMostNames) {
    violations.Add("names", absl::StrCat("must be 1 to ", kMostNames, " names"));
    return;
  }
  for (int i = 0; i < names.size(); ++i) {
    if (!is_id(IdIn(names[i], collection))) {
      violations.Add(absl::StrCat("names[", i, "]"), absl::StrCat("must be a name like ", example));
    }
  }
}

// Each is one of the enum's values but the first, which means nothing.
template <typename IsValid>
void CheckEnums(absl::string_view field, const google::protobuf::RepeatedField<int>& values,
                IsValid is_valid, absl::string_view expected, Violations& violations) {
  for (int i = 0; i < values.size(); ++i) {
    if (values[i] <= 0 || !is_valid(values[i])) {
      violations.Add(absl::StrCat(field, "[", i, "]"), absl::StrCat("must be ", expected));
    }
  }
}

template <typename Value>
std::optional<Value> Present(bool has, Value value) {
  return has ? std::optional<Value>(value) : std::nullopt;
}

}  // namespace

std::string IdIn(absl::string_view name, absl::string_view collection) {
  if (!absl::ConsumePrefix(&name, collection) || !absl::ConsumePrefix(&name, "/")) return "";
  return std::string(name);
}

void Validate(const pb::ListSectorsRequest& request, Violations& violations) {
  CheckPageSize(request.page_size(), violations);
}

void Validate(const pb::ListInterestsRequest& request, Violations& violations) {
  CheckPageSize(request.page_size(), violations);
}

void Validate(const pb::SearchProfessionsRequest& request, Violations& violations) {
  CheckQuery(request.query(), violations);
  CheckListCodes("sectors", ToVector(request.sectors()), violations);
  CheckListCodes("interests", ToVector(request.interests()), violations);
  CheckRiasec(ToVector(request.riasec()), violations);
  CheckPageSize(request.page_size(), violations);
  CheckEnums("ecological_transitions", request.ecological_transitions(),
             pb::EcologicalTransition_IsValid, "what the profession is to the transition",
             violations);
  CheckListCodes("themes", ToVector(request.themes()), violations);
  CheckListCodes("domains", ToVector(request.domains()), violations);
}

void Validate(const pb::SuggestProfessionsRequest& request, Violations& violations) {
  CheckQuery(request.query(), violations);
  if (request.limit() < 0 || request.limit() > 10) {
    violations.Add("limit", "must be between 1 and 10, or 0 for 10");
  }
}

void Validate(const pb::GetProfessionRequest& request, Violations& violations) {
  CheckName(request.name(), "professions", IsRomeCode, "professions/D1102", violations);
}

void Validate(const pb::SearchCompaniesRequest& request, Violations& violations) {
  CheckQuery(request.query(), violations);
  CheckDepartments(ToVector(request.departments()), violations);
  CheckListCodes("sectors", ToVector(request.sectors()), violations);
  CheckPageSize(request.page_size(), violations);
  CheckPoint(Present(request.has_lat(), request.lat()), Present(request.has_lon(), request.lon()),
             Present(request.has_radius_km(), request.radius_km()), violations);
  CheckCompanyOrder(request.order_by(), request.has_lat(), violations);
  CheckRomeCodes(ToVector(request.professions()), violations);
  CheckSiren(request.siren(), violations);
}

void Validate(const pb::GetCompanyRequest& request, Violations& violations) {
  CheckName(request.name(), "companies", IsSiret, kCompanyExample, violations);
}

void Validate(const pb::BatchGetCompaniesRequest& request, Violations& violations) {
  CheckNames(request.names(), "companies", IsSiret, kCompanyExample, violations);
}

void Validate(const pb::SearchOffersRequest& request, Violations& violations) {
  CheckQuery(request.query(), violations);
  CheckDepartments(ToVector(request.departments()), violations);
  CheckListCodes("sectors", ToVector(request.sectors()), violations);
  CheckRomeCodes(ToVector(request.professions()), violations);
  CheckEnums("audiences", request.audiences(), destinationmetier::type::v1::Audience_IsValid,
             "an audience", violations);
  CheckPoint(Present(request.has_lat(), request.lat()), Present(request.has_lon(), request.lon()),
             Present(request.has_radius_km(), request.radius_km()), violations);
  CheckDays(request.from(), request.to(), violations);
  CheckOrder(request.order_by(), request.has_lat(), violations);
  CheckPageSize(request.page_size(), violations);
  CheckSirets(ToVector(request.companies()), violations);
  CheckEnums("accessibilities", request.accessibilities(), pb::Accessibility_IsValid,
             "a level of accessibility", violations);
  CheckEnums("work_modes", request.work_modes(), pb::WorkMode_IsValid, "a work mode", violations);
  CheckLanguages(ToVector(request.languages()), violations);
  if (!request.school().empty() && !IsUai(request.school())) {
    violations.Add("school", "must be a UAI: seven digits and a letter");
  }
  CheckListCodes("interests", ToVector(request.interests()), violations);
  CheckListCodes("themes", ToVector(request.themes()), violations);
}

void Validate(const pb::GetOfferRequest& request, Violations& violations) {
  CheckName(request.name(), "offers", IsUuid, kOfferExample, violations);
}

void Validate(const pb::BatchGetOffersRequest& request, Violations& violations) {
  CheckNames(request.names(), "offers", IsUuid, kOfferExample, violations);
}

void Validate(const pb::CancelSessionRequest& request, Violations& violations) {
  if (!ParseSessionName(request.name()).has_value()) {
    violations.Add("name", "must be offers/{uuid}/sessions/{uuid}");
  }
  if (!IsUuid(request.request_id())) {
    violations.Add("request_id", "must be a UUID made by the client");
  }
  const std::string fault = FreeTextFault(request.reason(), kLongestCancelReason);
  if (!fault.empty()) violations.Add("reason", fault);
}

void Validate(const pb::ListCommunesRequest& request, Violations& violations) {
  CheckQuery(request.query(), violations);
  CheckDepartments(ToVector(request.departments()), violations);
  CheckPageSize(request.page_size(), violations);
}

void Validate(const pb::ListSchoolsRequest& request, Violations& violations) {
  CheckQuery(request.query(), violations);
  CheckDepartments(ToVector(request.departments()), violations);
  CheckPageSize(request.page_size(), violations);
}

void Validate(const pb::ListThemesRequest& request, Violations& violations) {
  CheckPageSize(request.page_size(), violations);
}

void Validate(const pb::ListDomainsRequest& request, Violations& violations) {
  CheckPageSize(request.page_size(), violations);
}

void Validate(const pb::ListSourcesRequest&, Violations&) {}

void Validate(const pb::GetSourceRequest& request, Violations& violations) {
  if (IdIn(request.name(), "sources").empty()) {
    violations.Add("name", "must be a name like sources/rome");
  }
}

}  // namespace dm::catalogue
