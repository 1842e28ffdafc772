-- Offers that a partner pushes, by the partner's own keys.
CREATE TABLE partner_sources (
  source text CONSTRAINT partner_sources_key PRIMARY KEY,
  -- "people/{subject}": whoever used the name first owns it.
  owner text NOT NULL,
  -- Runs that were begun.
  runs bigint NOT NULL DEFAULT 0,
  CONSTRAINT partner_sources_shape CHECK (source ~ '^[a-z0-9-]{1,40}$')
);
CREATE TABLE partner_runs (
  run uuid CONSTRAINT partner_runs_key PRIMARY KEY,
  source text NOT NULL CONSTRAINT partner_runs_source REFERENCES partner_sources (source),
  -- Among the runs of the source, from 1.
  number bigint NOT NULL,
  started timestamptz NOT NULL,
  finished timestamptz,
  -- Everything up to this line is committed.
  last_line bigint NOT NULL DEFAULT 0,
  added bigint NOT NULL DEFAULT 0,
  changed bigint NOT NULL DEFAULT 0,
  unchanged bigint NOT NULL DEFAULT 0,
  withdrawn bigint NOT NULL DEFAULT 0,
  refused bigint NOT NULL DEFAULT 0,
  archived bigint NOT NULL DEFAULT 0,
  CONSTRAINT partner_runs_number UNIQUE (source, number)
);
CREATE TABLE partner_offers (
  source text NOT NULL CONSTRAINT partner_offers_source REFERENCES partner_sources (source),
  key text COLLATE "C" NOT NULL,
  offer_id uuid NOT NULL CONSTRAINT partner_offers_offer REFERENCES offers (id),
  -- Of what was sent last; empty when the offer went out of sight since, so that whatever is sent
  -- next is not as it was.
  content_hash bytea NOT NULL,
  -- The latest run that named it. Runs may overlap, and an earlier one takes nothing away from what
  -- a later one said.
  last_run bigint NOT NULL,
  CONSTRAINT partner_offers_key PRIMARY KEY (source, key),
  CONSTRAINT partner_offers_hash_length CHECK (octet_length(content_hash) IN (0, 32))
);
CREATE UNIQUE INDEX partner_offers_of_offer ON partner_offers (offer_id);
CREATE INDEX partner_offers_of_run ON partner_offers (source, last_run);
