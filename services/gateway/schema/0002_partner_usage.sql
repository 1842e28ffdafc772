-- How much partners use the interface: technical state still, but logged, since agencies answer for
-- it. Partners are organisations, by the subjects of their systems' tokens; people are not counted.
CREATE TABLE partner_usage (
  partner text COLLATE "C" NOT NULL,
  -- In Europe/Paris.
  day date NOT NULL,
  -- "destinationmetier.catalogue.v1.CatalogueService/GetOffer".
  method text COLLATE "C" NOT NULL,
  -- Calls by how they ended.
  ok bigint NOT NULL,
  limited bigint NOT NULL,
  client_errors bigint NOT NULL,
  server_errors bigint NOT NULL,
  -- Handed over.
  events bigint NOT NULL,
  CONSTRAINT partner_usage_key PRIMARY KEY (partner, day, method),
  CONSTRAINT partner_usage_counts
    CHECK (least(ok, limited, client_errors, server_errors, events) >= 0)
);
-- For what is too old.
CREATE INDEX partner_usage_by_day ON partner_usage (day);

-- Where a partner works: the départements that its tokens have named, for the agencies there.
CREATE TABLE partners (
  partner text COLLATE "C" NOT NULL CONSTRAINT partners_key PRIMARY KEY,
  departments text[] NOT NULL,
  -- When it was last counted.
  last_day date NOT NULL
);

-- The last batch of counts of each process that counts: one that is sent again is known.
CREATE TABLE usage_writers (
  writer uuid NOT NULL CONSTRAINT usage_writers_key PRIMARY KEY,
  batch bigint NOT NULL,
  day date NOT NULL
);
