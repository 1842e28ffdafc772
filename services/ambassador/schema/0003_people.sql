-- People's rights. Whoever is erased is looked for here.
CREATE INDEX sessions_cancelled_by ON sessions (cancelled_by) WHERE cancelled_by IS NOT NULL;

-- Who took what is kept of an ambassador.
CREATE TABLE profile_reads (
  ambassador uuid        NOT NULL,
  -- "people/{subject}".
  reader     text        NOT NULL,
  at         timestamptz NOT NULL
);
CREATE INDEX profile_reads_of_ambassador ON profile_reads (ambassador, at);
CREATE INDEX profile_reads_of_reader ON profile_reads (reader, at);

-- Whoever is erased keeps an id, so that a list which still has them does not bring them back.
ALTER TABLE ambassadors
  ADD COLUMN erased timestamptz,
  ADD CONSTRAINT ambassadors_erased_is_not_shown CHECK (erased IS NULL OR NOT published);
