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

-- What a commune is found by. Immutable, as array_to_string is for an array of texts.
CREATE FUNCTION commune_words(sort_key text, postal_codes text[]) RETURNS tsvector
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN to_tsvector('pg_catalog.simple', sort_key || ' ' || array_to_string(postal_codes, ' '));
ALTER TABLE communes
  ADD COLUMN words tsvector NOT NULL
    GENERATED ALWAYS AS (commune_words(sort_key, postal_codes)) STORED;
-- Only imports write here: what they added is put in its place at once, not by who reads next.
CREATE INDEX communes_words ON communes USING gin (words) WITH (fastupdate = off)
  WHERE NOT obsolete;

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
  -- Its name and its commune's.
  folded_name text NOT NULL,
  words tsvector NOT NULL
    GENERATED ALWAYS AS (to_tsvector('pg_catalog.simple', folded_name)) STORED,
  obsolete boolean NOT NULL DEFAULT false,
  CONSTRAINT schools_uai_shape CHECK (uai ~ '^[0-9]{7}[A-Z]$')
);
CREATE INDEX schools_of_department ON schools (department, sort_key, uai) WHERE NOT obsolete;
CREATE INDEX schools_alphabetical ON schools (sort_key, uai) WHERE NOT obsolete;
CREATE INDEX schools_words ON schools USING gin (words) WITH (fastupdate = off) WHERE NOT obsolete;

-- What official files other than ROME were last imported, as ReferenceService names them.
CREATE TABLE reference_sources (
  name text CONSTRAINT reference_sources_key PRIMARY KEY,
  -- As far as the file tells.
  published date,
  -- When what the file says last changed something here.
  imported timestamptz NOT NULL
);

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
