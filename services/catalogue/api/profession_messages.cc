#include "services/catalogue/api/profession_messages.h"

#include "absl/strings/str_cat.h"

#include <optional>

namespace dm::catalogue {
namespace {

namespace pb = destinationmetier::catalogue::v1;

pb::Stated ToStated(std::optional<bool> flag) {
  if (!flag.has_value()) return pb::STATED_UNSPECIFIED;
  return *flag ? pb::STATED_YES : pb::STATED_NO;
}

void SetSubSector(const Labelled& sub_sector, pb::SubSector* message) {
  message->set_name(absl::StrCat("subSectors/", sub_sector.code));
  message->set_display_name(sub_sector.label);
}

void SetSkill(const Skill& skill, pb::Skill* message) {
  message->set_code(skill.code);
  message->set_display_name(skill.label);
  message->set_kind(static_cast<pb::Skill::Kind>(skill.kind));
  message->set_core(static_cast<pb::Skill::Core>(skill.core));
  message->set_category(skill.category);
}

// Where ROME puts the profession, and what it says of its future.
void SetPlaces(const Profession& profession, pb::Profession* message) {
  if (profession.domain.has_value()) {
    *message->mutable_domain() = ToMessage(*profession.domain);
  }
  for (const Labelled& sub_sector : profession.sub_sectors) {
    SetSubSector(sub_sector, message->add_sub_sectors());
  }
  for (const Theme& theme : profession.themes) *message->add_themes() = ToMessage(theme);
  message->set_ecological_transition(
      static_cast<pb::EcologicalTransition>(profession.ecological_transition));
  message->set_digital_transition(ToStated(profession.digital_transition));
  message->set_demographic_transition(ToStated(profession.demographic_transition));
  message->set_regulated(ToStated(profession.regulated));
  message->set_executive(ToStated(profession.executive));
}

void SetSheet(const Profession& profession, pb::Profession* message) {
  for (const Skill& skill : profession.skills) SetSkill(skill, message->add_skills());
  for (const Skill& skill : profession.knowledge) SetSkill(skill, message->add_knowledge());
  for (const WorkContext& context : profession.work_contexts) {
    pb::WorkContext& added = *message->add_work_contexts();
    added.set_code(context.code);
    added.set_display_name(context.label);
    added.set_kind(context.kind);
  }
  for (const RelatedProfession& related : profession.related) {
    pb::RelatedProfession& added = *message->add_related();
    added.set_name(absl::StrCat("professions/", related.rome_code));
    added.set_display_name(related.title);
    added.set_rank(related.rank);
  }
  message->set_source(profession.source);
}

}  // namespace

pb::Theme ToMessage(const Theme& theme) {
  pb::Theme message;
  message.set_name(absl::StrCat("themes/", theme.code));
  message.set_display_name(theme.label);
  message.set_description(theme.description);
  return message;
}

pb::Domain ToMessage(const ProfessionalDomain& domain) {
  pb::Domain message;
  message.set_name(absl::StrCat("domains/", domain.domain.code));
  message.set_display_name(domain.domain.label);
  message.set_grand_domain(domain.grand_domain.code);
  message.set_grand_domain_display_name(domain.grand_domain.label);
  return message;
}

pb::Sector ToSector(const Labelled& sector) {
  pb::Sector message;
  message.set_name(absl::StrCat("sectors/", sector.code));
  message.set_display_name(sector.label);
  return message;
}

pb::Sector ToMessage(const Sector& sector) {
  pb::Sector message = ToSector({sector.code, sector.label});
  message.set_description(sector.description);
  for (const Labelled& sub_sector : sector.sub_sectors) {
    SetSubSector(sub_sector, message.add_sub_sectors());
  }
  return message;
}

pb::Interest ToInterest(const Labelled& interest) {
  pb::Interest message;
  message.set_name(absl::StrCat("interests/", interest.code));
  message.set_display_name(interest.label);
  return message;
}

pb::Interest ToMessage(const Interest& interest) {
  pb::Interest message = ToInterest({interest.code, interest.label});
  message.set_description(interest.description);
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
  SetPlaces(profession, &message);
  SetSheet(profession, &message);
  return message;
}

}  // namespace dm::catalogue
