#include "services/catalogue/api/profession_messages.h"

#include "absl/strings/str_cat.h"

namespace dm::catalogue {
namespace {

namespace pb = destinationmetier::catalogue::v1;

}  // namespace

pb::Sector ToSector(const Labelled& sector) {
  pb::Sector message;
  message.set_name(absl::StrCat("sectors/", sector.code));
  message.set_display_name(sector.label);
  return message;
}

pb::Interest ToInterest(const Labelled& interest) {
  pb::Interest message;
  message.set_name(absl::StrCat("interests/", interest.code));
  message.set_display_name(interest.label);
  return message;
}

pb::Profession ToMessage(const Profession& profession) {
  pb::Profession message;
  message.set_name(absl::StrCat("professions/", profession.rome_code));
  message.set_rome_code(profession.rome_code);
  message.set_display_name(profession.title);
  message.set_definition(profession.definition);
  message.set_access(profession.access);
  for (const Labelled& appellation : profession.appellations) {
    pb::Appellation& added = *message.add_appellations();
    added.set_code(appellation.code);
    added.set_display_name(appellation.label);
  }
  for (const Labelled& sector : profession.sectors) *message.add_sectors() = ToSector(sector);
  for (const Labelled& interest : profession.interests) {
    *message.add_interests() = ToInterest(interest);
  }
  message.set_riasec(profession.riasec);
  message.set_obsolete(profession.obsolete);
  return message;
}

}  // namespace dm::catalogue
