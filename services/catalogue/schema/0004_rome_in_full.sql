-- The rest of the official export. As everywhere here: what vanished is obsolete and stays. A flag that
-- is NULL is not stated.
CREATE TABLE rome_releases (
  version text CONSTRAINT rome_releases_key PRIMARY KEY,
  published date,
  validated date,
  title text NOT NULL,
  imported timestamptz NOT NULL,
  is_current boolean NOT NULL
);
CREATE UNIQUE INDEX rome_releases_one_current ON rome_releases (is_current) WHERE is_current;

CREATE TABLE rome_grand_domains (
  code text CONSTRAINT rome_grand_domains_key PRIMARY KEY,
  label text NOT NULL,
  obsolete boolean NOT NULL DEFAULT false,
  CONSTRAINT rome_grand_domains_code_shape CHECK (code ~ '^[A-Z]$')
);
CREATE TABLE rome_domains (
  code text CONSTRAINT rome_domains_key PRIMARY KEY,
  grand_domain_code text NOT NULL
    CONSTRAINT rome_domains_grand_domain REFERENCES rome_grand_domains (code),
  label text NOT NULL,
  obsolete boolean NOT NULL DEFAULT false,
  CONSTRAINT rome_domains_code_shape CHECK (code ~ '^[A-Z][0-9]{2}$')
);

ALTER TABLE sectors ADD COLUMN description text NOT NULL DEFAULT '';
ALTER TABLE interests ADD COLUMN description text NOT NULL DEFAULT '';
CREATE TABLE sub_sectors (
  code text CONSTRAINT sub_sectors_key PRIMARY KEY,
  sector_code text NOT NULL CONSTRAINT sub_sectors_sector REFERENCES sectors (code),
  label text NOT NULL,
  obsolete boolean NOT NULL DEFAULT false,
  CONSTRAINT sub_sectors_code_shape CHECK (code ~ '^[0-9A-Za-z]{1,10}$')
);
CREATE TABLE profession_sub_sectors (
  rome_code text NOT NULL
    CONSTRAINT profession_sub_sectors_profession REFERENCES professions (rome_code),
  sub_sector_code text NOT NULL
    CONSTRAINT profession_sub_sectors_sub_sector REFERENCES sub_sectors (code),
  obsolete boolean NOT NULL DEFAULT false,
  CONSTRAINT profession_sub_sectors_key PRIMARY KEY (rome_code, sub_sector_code)
);

-- Ecological transition: 0 not stated, 1 green, 2 strategic, 3 white, 4 brown.
ALTER TABLE professions
  ADD COLUMN domain_code text CONSTRAINT professions_domain REFERENCES rome_domains (code),
  ADD COLUMN parent_code text,
  ADD COLUMN sheet_code text NOT NULL DEFAULT '',
  ADD COLUMN ogr_code text NOT NULL DEFAULT '',
  ADD COLUMN transition_eco smallint NOT NULL DEFAULT 0,
  ADD COLUMN transition_num boolean,
  ADD COLUMN transition_demo boolean,
  ADD COLUMN regulated boolean,
  ADD COLUMN executive boolean,
  ADD CONSTRAINT professions_transition_eco_known CHECK (transition_eco BETWEEN 0 AND 4);
ALTER TABLE appellations
  ADD COLUMN short_label text NOT NULL DEFAULT '',
  ADD COLUMN principal boolean NOT NULL DEFAULT false,
  ADD COLUMN rare boolean NOT NULL DEFAULT false,
  ADD COLUMN parent_code text,
  ADD COLUMN transition_eco smallint NOT NULL DEFAULT 0,
  ADD COLUMN transition_num boolean,
  ADD COLUMN transition_demo boolean,
  ADD COLUMN regulated boolean,
  ADD COLUMN executive boolean,
  ADD CONSTRAINT appellations_transition_eco_known CHECK (transition_eco BETWEEN 0 AND 4);

CREATE TABLE profession_mobility (
  rome_code text NOT NULL
    CONSTRAINT profession_mobility_profession REFERENCES professions (rome_code),
  target_code text NOT NULL
    CONSTRAINT profession_mobility_target REFERENCES professions (rome_code),
  rank smallint NOT NULL,
  obsolete boolean NOT NULL DEFAULT false,
  CONSTRAINT profession_mobility_key PRIMARY KEY (rome_code, target_code),
  CONSTRAINT profession_mobility_rank_counts CHECK (rank > 0),
  CONSTRAINT profession_mobility_elsewhere CHECK (rome_code <> target_code)
);

-- Kinds: 1 know-how, 2 soft skill, 3 knowledge, 4 work context.
CREATE TABLE rome_items (
  ogr_code text CONSTRAINT rome_items_key PRIMARY KEY,
  kind smallint NOT NULL,
  label text NOT NULL,
  category text NOT NULL,
  sub_category text NOT NULL,
  definition text NOT NULL,
  is_macro boolean NOT NULL,
  macro_code text NOT NULL,
  riasec text NOT NULL,
  transition_eco boolean,
  transition_num boolean,
  obsolete boolean NOT NULL DEFAULT false,
  CONSTRAINT rome_items_ogr_code_shape CHECK (ogr_code ~ '^[0-9]{1,10}$'),
  CONSTRAINT rome_items_kind_known CHECK (kind BETWEEN 1 AND 4),
  CONSTRAINT rome_items_riasec_letters CHECK (riasec ~ '^[RIASEC]{0,2}$')
);
-- Core: 0 plain, 1 principal, 2 emerging.
CREATE TABLE profession_items (
  rome_code text NOT NULL
    CONSTRAINT profession_items_profession REFERENCES professions (rome_code),
  ogr_code text NOT NULL CONSTRAINT profession_items_item REFERENCES rome_items (ogr_code),
  core smallint NOT NULL,
  obsolete boolean NOT NULL DEFAULT false,
  CONSTRAINT profession_items_key PRIMARY KEY (rome_code, ogr_code),
  CONSTRAINT profession_items_core_known CHECK (core BETWEEN 0 AND 2)
);
CREATE TABLE rome_skill_tree (
  macro_code text CONSTRAINT rome_skill_tree_key PRIMARY KEY,
  macro_ogr_code text NOT NULL,
  label text NOT NULL,
  objective_code text NOT NULL,
  objective text NOT NULL,
  issue_code text NOT NULL,
  issue text NOT NULL,
  domain_code text NOT NULL,
  domain text NOT NULL,
  obsolete boolean NOT NULL DEFAULT false
);

CREATE TABLE rome_themes (
  code text CONSTRAINT rome_themes_key PRIMARY KEY,
  label text NOT NULL,
  description text NOT NULL,
  obsolete boolean NOT NULL DEFAULT false,
  CONSTRAINT rome_themes_code_shape CHECK (code ~ '^[0-9]{3}$')
);
CREATE TABLE profession_themes (
  rome_code text NOT NULL
    CONSTRAINT profession_themes_profession REFERENCES professions (rome_code),
  theme_code text NOT NULL CONSTRAINT profession_themes_theme REFERENCES rome_themes (code),
  obsolete boolean NOT NULL DEFAULT false,
  CONSTRAINT profession_themes_key PRIMARY KEY (rome_code, theme_code)
);
CREATE TABLE rome_naf_sectors (
  code text CONSTRAINT rome_naf_sectors_key PRIMARY KEY,
  technical_code text NOT NULL,
  label text NOT NULL,
  obsolete boolean NOT NULL DEFAULT false
);
CREATE TABLE profession_naf_sectors (
  rome_code text NOT NULL
    CONSTRAINT profession_naf_sectors_profession REFERENCES professions (rome_code),
  naf_sector_code text NOT NULL
    CONSTRAINT profession_naf_sectors_sector REFERENCES rome_naf_sectors (code),
  obsolete boolean NOT NULL DEFAULT false,
  CONSTRAINT profession_naf_sectors_key PRIMARY KEY (rome_code, naf_sector_code)
);

-- What people call a profession who do not know its title.
CREATE TABLE everyday_words (
  folded text NOT NULL,
  words text NOT NULL,
  rome_code text NOT NULL CONSTRAINT everyday_words_profession REFERENCES professions (rome_code),
  weight smallint NOT NULL,
  CONSTRAINT everyday_words_key PRIMARY KEY (folded, rome_code),
  CONSTRAINT everyday_words_weight_range CHECK (weight BETWEEN 1 AND 100)
);
