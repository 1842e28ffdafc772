-- What the official files say. A row that vanished from them becomes obsolete and stays: offers,
-- bookings and links out there go on naming it.
--
-- Columns called sort_key and folded… hold a text as domain/words.h plains or folds it. Both sides
-- of every comparison, what is stored and what is asked, are folded by that code.

CREATE TABLE sectors (
  code text CONSTRAINT sectors_key PRIMARY KEY,
  label text NOT NULL,
  sort_key text COLLATE "C" NOT NULL,
  obsolete boolean NOT NULL DEFAULT false,
  CONSTRAINT sectors_code_shape CHECK (code ~ '^[0-9A-Za-z]{1,10}$')
);

CREATE TABLE interests (
  code text CONSTRAINT interests_key PRIMARY KEY,
  label text NOT NULL,
  obsolete boolean NOT NULL DEFAULT false,
  CONSTRAINT interests_code_shape CHECK (code ~ '^[0-9A-Za-z]{1,10}$')
);

CREATE TABLE professions (
  rome_code text CONSTRAINT professions_key PRIMARY KEY,
  title text NOT NULL,
  definition text NOT NULL,
  access text NOT NULL,
  riasec_major text NOT NULL,
  riasec_minor text NOT NULL,
  sort_key text COLLATE "C" NOT NULL,
  folded_title text NOT NULL,
  folded_definition text NOT NULL,
  obsolete boolean NOT NULL DEFAULT false,
  title_document tsvector NOT NULL
    GENERATED ALWAYS AS (to_tsvector('pg_catalog.simple', folded_title)) STORED,
  -- Its sectors, the words of its title and job titles, and those of its definition too. They
  -- follow from other tables and are kept by the import.
  sectors text[] NOT NULL DEFAULT '{}',
  document tsvector NOT NULL DEFAULT '',
  whole_document tsvector NOT NULL DEFAULT '',
  CONSTRAINT professions_rome_code_shape CHECK (rome_code ~ '^[A-Z][0-9]{4}$'),
  CONSTRAINT professions_riasec_letters
    CHECK (riasec_major ~ '^[RIASEC]?$' AND riasec_minor ~ '^[RIASEC]?$')
);
CREATE INDEX professions_alphabetical ON professions (sort_key, rome_code) WHERE NOT obsolete;
CREATE INDEX professions_words ON professions USING gin (whole_document);

CREATE TABLE appellations (
  ogr_code text CONSTRAINT appellations_key PRIMARY KEY,
  rome_code text NOT NULL
    CONSTRAINT appellations_profession REFERENCES professions (rome_code),
  label text NOT NULL,
  folded text NOT NULL,
  obsolete boolean NOT NULL DEFAULT false,
  document tsvector NOT NULL
    GENERATED ALWAYS AS (to_tsvector('pg_catalog.simple', folded)) STORED,
  CONSTRAINT appellations_ogr_code_shape CHECK (ogr_code ~ '^[0-9]{1,10}$')
);
CREATE INDEX appellations_by_profession ON appellations (rome_code);
CREATE INDEX appellations_words ON appellations USING gin (document);

CREATE TABLE profession_sectors (
  rome_code text NOT NULL
    CONSTRAINT profession_sectors_profession REFERENCES professions (rome_code),
  sector_code text NOT NULL CONSTRAINT profession_sectors_sector REFERENCES sectors (code),
  principal boolean NOT NULL,
  obsolete boolean NOT NULL DEFAULT false,
  CONSTRAINT profession_sectors_key PRIMARY KEY (rome_code, sector_code)
);

CREATE TABLE profession_interests (
  rome_code text NOT NULL
    CONSTRAINT profession_interests_profession REFERENCES professions (rome_code),
  interest_code text NOT NULL
    CONSTRAINT profession_interests_interest REFERENCES interests (code),
  principal boolean NOT NULL,
  obsolete boolean NOT NULL DEFAULT false,
  CONSTRAINT profession_interests_key PRIMARY KEY (rome_code, interest_code)
);

-- The folded words of all job titles: what a misspelt word is corrected to. Trigrams are looked for
-- here and nowhere else: some thousand rows, whatever the number of offers.
CREATE TABLE job_words (
  word text CONSTRAINT job_words_key PRIMARY KEY
);
CREATE INDEX job_words_trigrams ON job_words USING gin (word public.gin_trgm_ops);

CREATE TABLE communes (
  code text CONSTRAINT communes_key PRIMARY KEY,
  name text NOT NULL,
  department text NOT NULL,
  postal_codes text[] NOT NULL,
  population integer NOT NULL,
  latitude double precision NOT NULL,
  longitude double precision NOT NULL,
  obsolete boolean NOT NULL DEFAULT false,
  CONSTRAINT communes_code_shape CHECK (code ~ '^[0-9][0-9AB][0-9]{3}$'),
  CONSTRAINT communes_population_counts CHECK (population >= 0),
  CONSTRAINT communes_on_the_globe
    CHECK (latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180)
);

-- "code<US>label<RS>code<US>label" of the sectors with these codes, in alphabetical order.
CREATE FUNCTION sector_list(codes text[]) RETURNS text
  LANGUAGE sql STABLE STRICT PARALLEL SAFE
  RETURN (SELECT string_agg(code || chr(31) || label, chr(30) ORDER BY sort_key, code)
          FROM sectors WHERE code = ANY (codes));

-- The same of the interests that lead to a profession, in the order of their codes.
CREATE FUNCTION interest_list(profession text) RETURNS text
  LANGUAGE sql STABLE STRICT PARALLEL SAFE
  RETURN (SELECT string_agg(i.code || chr(31) || i.label, chr(30) ORDER BY length(i.code), i.code)
          FROM profession_interests l JOIN interests i ON i.code = l.interest_code
          WHERE l.rome_code = profession AND NOT l.obsolete);
