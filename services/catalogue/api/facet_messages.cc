#include "services/catalogue/api/facet_messages.h"

#include "absl/strings/numbers.h"
#include "common/codes/official_codes.h"
#include "services/catalogue/domain/audiences.h"

namespace dm::catalogue {
namespace {

namespace pb = destinationmetier::catalogue::v1;
namespace type = destinationmetier::type::v1;

pb::FacetCount Facet(const std::string& value, absl::string_view label, int count) {
  pb::FacetCount facet;
  facet.set_value(value);
  facet.set_display_name(std::string(label));
  facet.set_count(count);
  return facet;
}

}  // namespace

pb::FacetCount ToSectorFacet(const ValueCount& count) {
  return Facet(count.value, count.label, count.count);
}

pb::FacetCount ToDepartmentFacet(const ValueCount& count) {
  return Facet(count.value, DepartmentName(count.value), count.count);
}

pb::FacetCount ToAudienceFacet(const ValueCount& count) {
  int number = 0;
  (void)absl::SimpleAtoi(count.value, &number);
  return Facet(type::Audience_Name(static_cast<type::Audience>(number)), AudienceLabel(number),
               count.count);
}

}  // namespace dm::catalogue
