-- Companies, their offers and the dates of those.

-- A point of the globe in km, for distances as chords. The functions of earthdistance would do, but
-- they name each other without a schema, which breaks an index when a dump is restored.
CREATE FUNCTION globe_point(latitude double precision, longitude double precision)
  RETURNS public.cube
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN public.cube(ARRAY[6371 * cos(radians(latitude)) * cos(radians(longitude)),
                           6371 * cos(radians(latitude)) * sin(radians(longitude)),
                           6371 * sin(radians(latitude))]);

CREATE FUNCTION chord_of_arc(km double precision) RETURNS double precision
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN 2 * 6371 * sin(km / (2 * 6371));

CREATE FUNCTION arc_of_chord(km double precision) RETURNS double precision
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN 2 * 6371 * asin(least(1, km / (2 * 6371)));

CREATE TABLE companies (
  siret text CONSTRAINT companies_key PRIMARY KEY,
  display_name text NOT NULL,
  description text NOT NULL,
  naf_code text NOT NULL,
  sectors text[] NOT NULL,
  street text NOT NULL,
  postal_code text NOT NULL,
  commune_code text NOT NULL CONSTRAINT companies_commune REFERENCES communes (code),
  website text NOT NULL,
  demonstration boolean NOT NULL,
  sort_key text COLLATE "C" NOT NULL,
  folded_name text NOT NULL,
  folded_description text NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  -- Both follow from other tables and are kept by the import: the commune's département, the number
  -- of published offers.
  department text NOT NULL,
  offer_count integer NOT NULL DEFAULT 0,
  document tsvector NOT NULL GENERATED ALWAYS AS
    (to_tsvector('pg_catalog.simple', folded_name || ' ' || folded_description)) STORED,
  CONSTRAINT companies_siret_shape CHECK (siret ~ '^[0-9]{14}$'),
  CONSTRAINT companies_postal_code_shape CHECK (postal_code ~ '^[0-9]{5}$'),
  CONSTRAINT companies_offer_count_counts CHECK (offer_count >= 0)
);
CREATE INDEX companies_alphabetical ON companies (sort_key, siret) WHERE offer_count > 0;
CREATE INDEX companies_by_department ON companies (department, sort_key, siret)
  WHERE offer_count > 0;
CREATE INDEX companies_words ON companies USING gin (document);

CREATE TABLE offers (
  id uuid CONSTRAINT offers_id PRIMARY KEY,
  siret text NOT NULL CONSTRAINT offers_company REFERENCES companies (siret),
  key text NOT NULL,
  rome_code text NOT NULL CONSTRAINT offers_profession REFERENCES professions (rome_code),
  title text NOT NULL,
  description text NOT NULL,
  -- Numbers of destinationmetier.type.v1.Audience.
  audiences smallint[] NOT NULL,
  accessible boolean NOT NULL,
  instant_confirmation boolean NOT NULL,
  demonstration boolean NOT NULL,
  published boolean NOT NULL,
  folded_title text NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  -- What searches look at; follows from company and profession, see refresh_offer_search.
  department text NOT NULL DEFAULT '',
  sectors text[] NOT NULL DEFAULT '{}',
  latitude double precision,
  longitude double precision,
  position public.cube GENERATED ALWAYS AS (globe_point(latitude, longitude)) STORED,
  document tsvector NOT NULL DEFAULT '',
  CONSTRAINT offers_key UNIQUE (siret, key),
  CONSTRAINT offers_audiences_known CHECK (audiences <@ '{1,2,3,4,5,6,7}'::smallint[])
);
CREATE INDEX offers_words ON offers USING gin (document) WHERE published;
CREATE INDEX offers_around ON offers USING gist (position) WHERE published;
CREATE INDEX offers_by_department ON offers (department) WHERE published;
CREATE INDEX offers_by_profession ON offers (rome_code);
CREATE INDEX offers_by_sector ON offers USING gin (sectors) WHERE published;

CREATE TABLE sessions (
  id uuid CONSTRAINT sessions_id PRIMARY KEY,
  offer_id uuid NOT NULL CONSTRAINT sessions_offer REFERENCES offers (id),
  start_time timestamptz NOT NULL,
  end_time timestamptz NOT NULL,
  capacity integer NOT NULL,
  closed boolean NOT NULL DEFAULT false,
  -- As far as booking has told; may exceed a capacity that was lowered.
  held integer NOT NULL DEFAULT 0,
  version bigint NOT NULL DEFAULT 1,
  CONSTRAINT sessions_key UNIQUE (offer_id, start_time),
  CONSTRAINT sessions_end_after_start CHECK (end_time > start_time),
  CONSTRAINT sessions_capacity_range CHECK (capacity BETWEEN 1 AND 500),
  CONSTRAINT sessions_held_counts CHECK (held >= 0)
);
CREATE INDEX sessions_by_start ON sessions (start_time);

-- Brings the search columns of the offers of some companies or professions, or of some offers, up
-- to date; returns how many changed. Every statement that writes one of these tables is followed by
-- this in the same transaction. An offer is found by its title (A), its profession with all job
-- titles (B and D, see professions.document) and the name of its company (C).
CREATE FUNCTION refresh_offer_search(sirets text[], rome_codes text[], offer_ids uuid[])
  RETURNS bigint
  LANGUAGE sql AS $$
  WITH fresh AS (
    SELECT o.id, c.department, m.latitude, m.longitude,
           ARRAY(SELECT DISTINCT s FROM unnest(c.sectors || p.sectors) s ORDER BY s) AS sectors,
           setweight(to_tsvector('pg_catalog.simple', o.folded_title), 'A') || p.document
             || setweight(to_tsvector('pg_catalog.simple', c.folded_name), 'C') AS document
    FROM offers o
    JOIN companies c USING (siret)
    JOIN professions p USING (rome_code)
    JOIN communes m ON m.code = c.commune_code
    WHERE o.siret = ANY (sirets) OR o.rome_code = ANY (rome_codes) OR o.id = ANY (offer_ids)
  ), changed AS (
    UPDATE offers o
    SET department = f.department, latitude = f.latitude, longitude = f.longitude,
        sectors = f.sectors, document = f.document
    FROM fresh f
    WHERE o.id = f.id
      AND (o.department, o.latitude, o.longitude, o.sectors, o.document)
          IS DISTINCT FROM (f.department, f.latitude, f.longitude, f.sectors, f.document)
    RETURNING 1
  )
  SELECT count(*) FROM changed
$$;
