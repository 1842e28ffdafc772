-- Erasure of people, and how long bookings say whose they were.

-- Who asked to be erased. The id stays, as the receipt: without it nobody could tell that it was done.
CREATE TABLE erasures (
  -- "people/{subject}".
  person    text        CONSTRAINT erasures_pkey PRIMARY KEY,
  requested timestamptz NOT NULL,
  -- "people/{subject}" of who asked for it.
  requested_by text     NOT NULL,
  -- When nothing personal was left.
  done      timestamptz
);
CREATE INDEX erasures_pending ON erasures (requested) WHERE done IS NULL;

-- What retention looks for: bookings that still say whose they were, oldest first.
CREATE INDEX bookings_by_age ON bookings (scheme, end_time)
  WHERE applicant NOT LIKE 'people/erased-%';
CREATE INDEX foreign_reads_by_age ON foreign_reads USING brin (at);
