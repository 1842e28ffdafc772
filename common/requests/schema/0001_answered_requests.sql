-- The first answer to every write, byte for byte. Rows go after two days.
CREATE TABLE answered_requests (
  -- "people/{subject}" of who asked.
  caller      text        NOT NULL,
  request_id  uuid        NOT NULL,
  method      text        NOT NULL,
  fingerprint text        NOT NULL,
  -- Empty only while the transaction that claimed the id runs.
  answer      bytea       NOT NULL DEFAULT '',
  answered    timestamptz NOT NULL,
  CONSTRAINT answered_requests_key PRIMARY KEY (caller, request_id)
);
CREATE INDEX answered_requests_by_age ON answered_requests (answered);
