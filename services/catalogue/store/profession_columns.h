#pragma once

// What ToProfession of rows.h reads, of professions p. A list is "code<US>label<RS>code<US>label",
// with more parts where a thing has more.
#define DM_PROFESSION_COLUMNS                                                                  \
  "p.rome_code, p.title, p.definition, p.access, p.riasec_major || p.riasec_minor AS riasec, " \
  "p.obsolete, sector_list(p.sectors) AS sectors, interest_list(p.rome_code) AS interests, "   \
  "p.transition_eco, p.transition_num, p.transition_demo, p.regulated, p.executive, "          \
  "(SELECT d.code || chr(31) || d.label || chr(31) || g.code || chr(31) || g.label "           \
  " FROM rome_domains d JOIN rome_grand_domains g ON g.code = d.grand_domain_code "            \
  " WHERE d.code = p.domain_code) AS domain, "                                                 \
  "(SELECT string_agg(s.code || chr(31) || s.label, chr(30) ORDER BY s.code) "                 \
  " FROM profession_sub_sectors l JOIN sub_sectors s ON s.code = l.sub_sector_code "           \
  " WHERE l.rome_code = p.rome_code AND NOT l.obsolete) AS sub_sectors, "                      \
  "(SELECT string_agg(h.code || chr(31) || h.label || chr(31) || h.description, chr(30) "      \
  "                   ORDER BY h.code) "                                                       \
  " FROM profession_themes l JOIN rome_themes h ON h.code = l.theme_code "                     \
  " WHERE l.rome_code = p.rome_code AND NOT l.obsolete) AS themes"
