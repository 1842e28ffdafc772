-- What readers in memory have to look at again, numbered in the order of the commits: the counter's
-- row is locked until the commit, as the outbox's is.
CREATE TABLE search_counter (
  the_only boolean CONSTRAINT search_counter_key PRIMARY KEY DEFAULT true
                   CONSTRAINT search_counter_one_row CHECK (the_only),
  seq bigint NOT NULL DEFAULT 0
);
INSERT INTO search_counter DEFAULT VALUES;

-- Kinds: 1 an offer, 2 everything that is looked up by words (id is NULL then).
CREATE TABLE search_changes (
  seq bigint NOT NULL,
  kind smallint NOT NULL,
  id uuid,
  recorded timestamptz NOT NULL,
  CONSTRAINT search_changes_kind_known CHECK (kind IN (1, 2)),
  CONSTRAINT search_changes_offer_named CHECK ((kind = 1) = (id IS NOT NULL))
);
CREATE INDEX search_changes_by_seq ON search_changes (seq);
CREATE INDEX search_changes_by_age ON search_changes (recorded);

-- Both are called before AppendToOutbox, which stays the last statement.
CREATE FUNCTION touch_offers(ids uuid[], at timestamptz) RETURNS void
  LANGUAGE sql AS $$
  WITH number AS (
    UPDATE search_counter SET seq = seq + 1 WHERE cardinality(ids) > 0 RETURNING seq
  )
  INSERT INTO search_changes (seq, kind, id, recorded)
  SELECT number.seq, 1, touched, at FROM number, unnest(ids) AS touched
$$;
CREATE FUNCTION touch_words(at timestamptz) RETURNS void
  LANGUAGE sql AS $$
  WITH number AS (UPDATE search_counter SET seq = seq + 1 RETURNING seq)
  INSERT INTO search_changes (seq, kind, recorded) SELECT number.seq, 2, at FROM number
$$;

CREATE INDEX sessions_open ON sessions (offer_id, start_time) INCLUDE (held, capacity)
  WHERE NOT closed;
