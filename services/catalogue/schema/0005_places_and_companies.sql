CREATE TABLE naf_codes (
  nomenclature text NOT NULL,
  code text NOT NULL,
  label text NOT NULL,
  level smallint NOT NULL,
  -- Empty at the top.
  parent_code text NOT NULL,
  obsolete boolean NOT NULL DEFAULT false,
  CONSTRAINT naf_codes_key PRIMARY KEY (nomenclature, code),
  CONSTRAINT naf_codes_nomenclature_known CHECK (nomenclature IN ('NAFRev2', 'NAF2025')),
  CONSTRAINT naf_codes_level_range CHECK (level BETWEEN 1 AND 5)
);

ALTER TABLE communes
  ADD COLUMN source text NOT NULL DEFAULT 'COG',
  ADD COLUMN sort_key text COLLATE "C" NOT NULL DEFAULT '',
  ADD CONSTRAINT communes_source_known CHECK (source IN ('COG', 'LAPOSTE'));
CREATE INDEX communes_alphabetical ON communes (sort_key, code) WHERE NOT obsolete;

CREATE TABLE schools (
  uai text CONSTRAINT schools_key PRIMARY KEY,
  display_name text NOT NULL,
  kind text NOT NULL,
  is_public boolean NOT NULL,
  street text NOT NULL,
  postal_code text NOT NULL,
  commune_code text NOT NULL CONSTRAINT schools_commune REFERENCES communes (code),
  department text NOT NULL,
  siret text NOT NULL,
  sort_key text COLLATE "C" NOT NULL,
  folded_name text NOT NULL,
  obsolete boolean NOT NULL DEFAULT false,
  CONSTRAINT schools_uai_shape CHECK (uai ~ '^[0-9]{7}[A-Z]$')
);
CREATE INDEX schools_of_department ON schools (department, sort_key, uai) WHERE NOT obsolete;

ALTER TABLE companies
  ADD COLUMN naf_nomenclature text NOT NULL DEFAULT 'NAFRev2',
  ADD COLUMN naf25_code text NOT NULL DEFAULT '',
  ADD COLUMN closed_time timestamptz,
  ADD COLUMN workforce text NOT NULL DEFAULT '',
  ADD COLUMN siren text NOT NULL GENERATED ALWAYS AS ("left"(siret, 9)) STORED,
  ADD CONSTRAINT companies_naf_nomenclature_known
    CHECK (naf_nomenclature IN ('NAFRev2', 'NAF2025'));
CREATE INDEX companies_of_siren ON companies (siren);

-- Places of one establishment that have no SIRET of their own: a workshop, a building site.
CREATE TABLE sites (
  siret text NOT NULL CONSTRAINT sites_company REFERENCES companies (siret),
  key text NOT NULL,
  display_name text NOT NULL,
  street text NOT NULL,
  postal_code text NOT NULL,
  commune_code text NOT NULL CONSTRAINT sites_commune REFERENCES communes (code),
  version bigint NOT NULL DEFAULT 1,
  CONSTRAINT sites_key PRIMARY KEY (siret, key),
  CONSTRAINT sites_postal_code_shape CHECK (postal_code ~ '^[0-9]{5}$')
);
