-- Offers that a partner pushes, by the partner's own keys.
CREATE TABLE partner_sources (
  source text CONSTRAINT partner_sources_key PRIMARY KEY,
  -- "people/{subject}": whoever used the name first owns it.
  owner text NOT NULL,
  CONSTRAINT partner_sources_shape CHECK (source ~ '^[a-z0-9-]{1,40}$')
);
CREATE TABLE partner_offers (
  source text NOT NULL CONSTRAINT partner_offers_source REFERENCES partner_sources (source),
  key text NOT NULL,
  offer_id uuid NOT NULL CONSTRAINT partner_offers_offer REFERENCES offers (id),
  content_hash bytea NOT NULL,
  last_run uuid NOT NULL,
  CONSTRAINT partner_offers_key PRIMARY KEY (source, key),
  CONSTRAINT partner_offers_hash_length CHECK (octet_length(content_hash) = 32)
);
CREATE UNIQUE INDEX partner_offers_of_offer ON partner_offers (offer_id);
CREATE INDEX partner_offers_of_run ON partner_offers (source, last_run);
CREATE TABLE partner_runs (
  source text NOT NULL CONSTRAINT partner_runs_source REFERENCES partner_sources (source),
  run uuid NOT NULL,
  started timestamptz NOT NULL,
  finished timestamptz,
  -- Everything up to this line is committed.
  last_line bigint NOT NULL DEFAULT 0,
  added bigint NOT NULL DEFAULT 0,
  changed bigint NOT NULL DEFAULT 0,
  unchanged bigint NOT NULL DEFAULT 0,
  withdrawn bigint NOT NULL DEFAULT 0,
  refused bigint NOT NULL DEFAULT 0,
  CONSTRAINT partner_runs_key PRIMARY KEY (source, run)
);
