-- What became of the erasures that this service answers for, as the owner of the person.

CREATE TABLE erasure_receipts (
  id        uuid        CONSTRAINT erasure_receipts_pkey PRIMARY KEY,
  -- "people/{subject}" or "ambassadors/{ambassador}". It stays: without it nobody could be told that
  -- it was done.
  party     text        NOT NULL,
  requested timestamptz NOT NULL,
  -- When nothing personal was left here.
  erased    timestamptz
);
CREATE INDEX erasure_receipts_of_party ON erasure_receipts (party, requested);
-- Whoever asks again meanwhile asks for the same.
CREATE UNIQUE INDEX erasure_receipts_one_open ON erasure_receipts (party) WHERE erased IS NULL;

-- When the services that follow said that they had erased too. Whether all have is never written
-- down: two that confirm at the same moment would each miss the other.
CREATE TABLE erasure_confirmations (
  erasure   uuid        NOT NULL
            CONSTRAINT erasure_confirmations_receipt REFERENCES erasure_receipts ON DELETE CASCADE,
  service   text        NOT NULL,
  confirmed timestamptz NOT NULL,
  CONSTRAINT erasure_confirmations_pkey PRIMARY KEY (erasure, service)
);
