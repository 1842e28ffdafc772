-- States: 1 draft, 2 submitted, 3 published, 4 suspended, 5 archived. `published` and `accessible`
-- say in one bit what indexes and searches ask; both always follow from state and accessibility.
-- Accessibility: 0 not stated, 1 none, 2 partial, 3 full. Work mode: 1 on site, 2 remote, 3 both.
ALTER TABLE offers
  ADD COLUMN state smallint NOT NULL DEFAULT 1,
  -- Why it is there, a name of OfferRecord.Cause without its prefix, and the text of whoever
  -- decided.
  ADD COLUMN state_why text NOT NULL DEFAULT '',
  ADD COLUMN state_text text NOT NULL DEFAULT '',
  ADD COLUMN state_party text NOT NULL DEFAULT 'AGENCY',
  ADD COLUMN create_time timestamptz NOT NULL DEFAULT 'epoch',
  ADD COLUMN update_time timestamptz NOT NULL DEFAULT 'epoch',
  ADD COLUMN publish_time timestamptz,
  ADD COLUMN ogr_code text CONSTRAINT offers_appellation REFERENCES appellations (ogr_code),
  ADD COLUMN site_key text,
  ADD COLUMN accessibility smallint NOT NULL DEFAULT 0,
  ADD COLUMN work_mode smallint NOT NULL DEFAULT 1,
  ADD COLUMN languages text[] NOT NULL DEFAULT '{fr}',
  -- "day,start,end,break;…" with days 1 to 7: "1,09:00,17:00,60".
  ADD COLUMN hours text NOT NULL DEFAULT '',
  ADD COLUMN supervision text NOT NULL DEFAULT '',
  ADD COLUMN to_bring text NOT NULL DEFAULT '',
  ADD COLUMN reserved_schools text[] NOT NULL DEFAULT '{}',
  ADD COLUMN priority_areas_only boolean NOT NULL DEFAULT false;
UPDATE offers SET state = CASE WHEN published THEN 3 ELSE 4 END,
                  accessibility = CASE WHEN accessible THEN 3 ELSE 0 END;
-- A draft may not say yet what it shows, and an archived one may never have.
ALTER TABLE offers ALTER COLUMN rome_code DROP NOT NULL;
ALTER TABLE offers
  ADD CONSTRAINT offers_shown_has_profession CHECK (rome_code IS NOT NULL OR state IN (1, 5)),
  ADD CONSTRAINT offers_state_known CHECK (state BETWEEN 1 AND 5),
  ADD CONSTRAINT offers_published_is_a_state CHECK (published = (state = 3)),
  ADD CONSTRAINT offers_accessibility_known CHECK (accessibility BETWEEN 0 AND 3),
  ADD CONSTRAINT offers_accessible_is_a_level CHECK (accessible = (accessibility = 3)),
  ADD CONSTRAINT offers_work_mode_known CHECK (work_mode BETWEEN 1 AND 3),
  ADD CONSTRAINT offers_state_text_length CHECK (char_length(state_text) <= 1000),
  ADD CONSTRAINT offers_reserved_schools_count CHECK (cardinality(reserved_schools) <= 50),
  ADD CONSTRAINT offers_languages_count CHECK (cardinality(languages) BETWEEN 1 AND 10),
  ADD CONSTRAINT offers_site FOREIGN KEY (siret, site_key) REFERENCES sites (siret, key);
CREATE INDEX offers_of_company ON offers (siret, update_time DESC, id DESC);
CREATE INDEX offers_by_change ON offers (update_time DESC, id DESC);
CREATE INDEX offers_to_moderate ON offers (update_time DESC, id DESC) WHERE state = 2;
CREATE INDEX offers_of_appellation ON offers (ogr_code) WHERE ogr_code IS NOT NULL;
CREATE INDEX offers_to_export ON offers (department, id) WHERE published;

-- As before, but an offer lies where its site lies, where it has one.
CREATE OR REPLACE FUNCTION refresh_offer_search(sirets text[], rome_codes text[], offer_ids uuid[])
  RETURNS bigint
  LANGUAGE sql AS $$
  WITH fresh AS (
    SELECT o.id, m.department, m.latitude, m.longitude,
           ARRAY(SELECT DISTINCT s FROM unnest(c.sectors || p.sectors) s ORDER BY s) AS sectors,
           setweight(to_tsvector('pg_catalog.simple', o.folded_title), 'A')
             || coalesce(p.document, '')
             || setweight(to_tsvector('pg_catalog.simple', c.folded_name), 'C') AS document
    FROM offers o
    JOIN companies c USING (siret)
    LEFT JOIN professions p USING (rome_code)
    LEFT JOIN sites x ON (x.siret, x.key) = (o.siret, o.site_key)
    JOIN communes m ON m.code = coalesce(x.commune_code, c.commune_code)
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

CREATE TABLE offer_transitions (
  offer_id uuid NOT NULL CONSTRAINT offer_transitions_offer REFERENCES offers (id),
  -- The offer's, after the step.
  version bigint NOT NULL,
  at timestamptz NOT NULL,
  person text NOT NULL,
  party text NOT NULL,
  from_state smallint,
  to_state smallint NOT NULL,
  why text NOT NULL,
  CONSTRAINT offer_transitions_key PRIMARY KEY (offer_id, version),
  CONSTRAINT offer_transitions_party_known
    CHECK (party IN ('HOST', 'AGENCY', 'OPERATOR', 'PARTNER', 'SYSTEM'))
);

ALTER TABLE companies
  ADD COLUMN banned boolean NOT NULL DEFAULT false,
  -- Requests a month at most; 0 for no limit.
  ADD COLUMN monthly_request_quota integer NOT NULL DEFAULT 0,
  ADD CONSTRAINT companies_quota_range CHECK (monthly_request_quota BETWEEN 0 AND 500);
CREATE TABLE company_bans (
  siret text NOT NULL CONSTRAINT company_bans_company REFERENCES companies (siret),
  from_time timestamptz NOT NULL,
  until_time timestamptz,
  justification text NOT NULL,
  banned_by text NOT NULL,
  lift_time timestamptz,
  lifted_by text,
  CONSTRAINT company_bans_key PRIMARY KEY (siret, from_time),
  CONSTRAINT company_bans_justified CHECK (char_length(justification) BETWEEN 20 AND 2000),
  CONSTRAINT company_bans_lifted_by_somebody CHECK (num_nulls(lift_time, lifted_by) IN (0, 2))
);
CREATE UNIQUE INDEX company_bans_one_active ON company_bans (siret) WHERE lift_time IS NULL;
CREATE INDEX company_bans_ending ON company_bans (until_time) WHERE lift_time IS NULL;

-- What booking told of requests, for hosts who ask why nobody finds them.
CREATE TABLE company_requests (
  siret text NOT NULL,
  month date NOT NULL,
  requests integer NOT NULL,
  CONSTRAINT company_requests_key PRIMARY KEY (siret, month),
  CONSTRAINT company_requests_counts CHECK (requests >= 0)
);

-- Grounds: 1 discriminatory, 2 disguised work, 3 dangerous, 4 misleading, 5 inappropriate, 6 other.
CREATE TABLE offer_reports (
  id uuid CONSTRAINT offer_reports_key PRIMARY KEY,
  offer_id uuid NOT NULL CONSTRAINT offer_reports_offer REFERENCES offers (id),
  reporter text NOT NULL,
  ground smallint NOT NULL,
  text text NOT NULL,
  create_time timestamptz NOT NULL,
  resolve_time timestamptz,
  resolved_by text,
  outcome smallint,
  note text,
  CONSTRAINT offer_reports_ground_known CHECK (ground BETWEEN 1 AND 6),
  CONSTRAINT offer_reports_text_length CHECK (char_length(text) <= 1000),
  CONSTRAINT offer_reports_resolved_whole
    CHECK (num_nulls(resolve_time, resolved_by, outcome, note) IN (0, 4))
);
CREATE UNIQUE INDEX offer_reports_one_open ON offer_reports (offer_id, reporter)
  WHERE resolve_time IS NULL;
CREATE INDEX offer_reports_open ON offer_reports (create_time, id) WHERE resolve_time IS NULL;
CREATE TABLE offer_report_reads (
  report_id uuid NOT NULL CONSTRAINT offer_report_reads_report REFERENCES offer_reports (id),
  reader text NOT NULL,
  at timestamptz NOT NULL,
  CONSTRAINT offer_report_reads_key PRIMARY KEY (report_id, reader, at)
);

CREATE INDEX sessions_by_end ON sessions (end_time);
-- How far a job has come.
CREATE TABLE job_cursors (
  job text CONSTRAINT job_cursors_key PRIMARY KEY,
  position timestamptz NOT NULL
);
