-- French words with accents folded before the stemmer sees them, so that "electricienne" finds
-- "Électricienne"; question and text go through the same configuration.
CREATE TEXT SEARCH CONFIGURATION french_folded (COPY = pg_catalog.french);
ALTER TEXT SEARCH CONFIGURATION french_folded
  ALTER MAPPING FOR hword, hword_part, word WITH public.unaccent, french_stem;

-- unaccent() is STABLE, since its dictionary could be replaced; ours is not. Generated columns and
-- indexes need IMMUTABLE. A body in the SQL standard's form is resolved now, so a restored dump,
-- whose search_path is empty, still finds what it calls.
CREATE FUNCTION folded(value text) RETURNS text
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN public.unaccent('public.unaccent'::regdictionary, lower(value));

-- ll_to_earth() without its trap: that function's body names cube() without a schema and fails
-- wherever search_path is empty (restore, autovacuum). The same numbers, on the same sphere.
CREATE FUNCTION earth_point(latitude float8, longitude float8) RETURNS public.cube
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN public.cube(ARRAY[
    6378168 * cos(radians(latitude)) * cos(radians(longitude)),
    6378168 * cos(radians(latitude)) * sin(radians(longitude)),
    6378168 * sin(radians(latitude))]);

CREATE TABLE ambassadors (
  id uuid CONSTRAINT ambassadors_key PRIMARY KEY,
  display_name text NOT NULL
    CONSTRAINT ambassadors_display_name_length CHECK (char_length(display_name) BETWEEN 1 AND 100),
  job_title text NOT NULL
    CONSTRAINT ambassadors_job_title_length CHECK (char_length(job_title) BETWEEN 1 AND 200),
  -- NULL for a student.
  siret text CONSTRAINT ambassadors_siret_form CHECK (siret ~ '^[0-9]{14}$'),
  company_display_name text NOT NULL
    CONSTRAINT ambassadors_company_length CHECK (char_length(company_display_name) BETWEEN 1 AND 200),
  rome_codes text[] NOT NULL
    CONSTRAINT ambassadors_rome_codes_count CHECK (cardinality(rome_codes) BETWEEN 1 AND 5),
  sectors text[] NOT NULL
    CONSTRAINT ambassadors_sectors_count CHECK (cardinality(sectors) <= 10),
  presentation text NOT NULL
    CONSTRAINT ambassadors_presentation_length CHECK (char_length(presentation) <= 4000),
  formats text[] NOT NULL
    CONSTRAINT ambassadors_formats_known
      CHECK (cardinality(formats) > 0 AND formats <@ ARRAY['ON_SITE', 'PHONE', 'VIDEO']),
  audiences text[] NOT NULL
    CONSTRAINT ambassadors_audiences_known
      CHECK (cardinality(audiences) > 0 AND audiences <@ ARRAY['QUATRIEME', 'TROISIEME', 'SECONDE',
        'LYCEE', 'STUDENT', 'APPRENTICE', 'ADULT']),
  street text NOT NULL
    CONSTRAINT ambassadors_street_length CHECK (char_length(street) <= 200),
  postal_code text NOT NULL
    CONSTRAINT ambassadors_postal_code_form CHECK (postal_code ~ '^[0-9]{5}$'),
  commune text NOT NULL
    CONSTRAINT ambassadors_commune_length CHECK (char_length(commune) BETWEEN 1 AND 100),
  commune_code text NOT NULL
    CONSTRAINT ambassadors_commune_code_form CHECK (commune_code ~ '^[0-9][0-9AB][0-9]{3}$'),
  department text NOT NULL
    CONSTRAINT ambassadors_department_form CHECK (department ~ '^([0-9]{2,3}|2[AB])$'),
  latitude float8 NOT NULL
    CONSTRAINT ambassadors_latitude_range CHECK (latitude BETWEEN -90 AND 90),
  longitude float8 NOT NULL
    CONSTRAINT ambassadors_longitude_range CHECK (longitude BETWEEN -180 AND 180),
  demonstration boolean NOT NULL,
  published boolean NOT NULL DEFAULT true,

  sort_name text COLLATE "C" NOT NULL GENERATED ALWAYS AS (folded(display_name)) STORED,
  names text NOT NULL GENERATED ALWAYS AS
    (folded(display_name || ' ' || job_title || ' ' || company_display_name)) STORED,
  words tsvector NOT NULL GENERATED ALWAYS AS
    (to_tsvector('french_folded', display_name || ' ' || job_title || ' ' || company_display_name ||
                                  ' ' || presentation)) STORED,
  location public.cube NOT NULL GENERATED ALWAYS AS (earth_point(latitude, longitude)) STORED
);

CREATE INDEX ambassadors_by_name ON ambassadors (sort_name, id) WHERE published;
CREATE INDEX ambassadors_by_siret ON ambassadors (siret) WHERE published;
CREATE INDEX ambassadors_by_words ON ambassadors USING gin (words);
CREATE INDEX ambassadors_by_names ON ambassadors USING gin (names public.gin_trgm_ops);
CREATE INDEX ambassadors_by_location ON ambassadors USING gist (location);

-- One dated meeting. Who is there at which time names it, so the same list imported again finds it.
CREATE TABLE sessions (
  id uuid CONSTRAINT sessions_key PRIMARY KEY,
  ambassador uuid NOT NULL CONSTRAINT sessions_ambassador REFERENCES ambassadors,
  start_time timestamptz NOT NULL,
  end_time timestamptz NOT NULL,
  capacity int NOT NULL
    CONSTRAINT sessions_capacity_range CHECK (capacity BETWEEN 1 AND 500),
  format text NOT NULL
    CONSTRAINT sessions_format_known CHECK (format IN ('ON_SITE', 'PHONE', 'VIDEO')),
  instant_confirmation boolean NOT NULL,
  -- What booking last told. May be above capacity: nobody loses a seat that a host takes away.
  held int NOT NULL DEFAULT 0 CONSTRAINT sessions_held_not_negative CHECK (held >= 0),
  -- Raised whenever what SessionScheduled tells of this session changes.
  version bigint NOT NULL DEFAULT 1 CONSTRAINT sessions_version_positive CHECK (version > 0),
  CONSTRAINT sessions_one_per_start UNIQUE (ambassador, start_time),
  CONSTRAINT sessions_end_after_start CHECK (end_time > start_time)
);
