-- What became true in this service, for whoever reads its feed. Numbers come from the counter's row,
-- which is locked until the commit: they are gapless and in the order of the commits, so that a
-- reader who asks for what is greater than its position misses nothing.
CREATE TABLE outbox (
  seq         bigint      CONSTRAINT outbox_pkey PRIMARY KEY,
  id          uuid        NOT NULL,
  type        text        NOT NULL,
  subject     text        NOT NULL,
  recorded    timestamptz NOT NULL,
  traceparent text        NOT NULL,
  payload     bytea       NOT NULL
);

CREATE TABLE outbox_counter (
  the_only boolean CONSTRAINT outbox_counter_pkey PRIMARY KEY DEFAULT true
                   CONSTRAINT outbox_counter_one_row CHECK (the_only),
  seq      bigint  NOT NULL DEFAULT 0
);
INSERT INTO outbox_counter DEFAULT VALUES;

-- How far this service has read the feeds of others, and which of its replicas reads now. The lease
-- is a row, not a session's lock, so that a pooler in transaction mode may stand between.
CREATE TABLE feed_cursors (
  feed        text        CONSTRAINT feed_cursors_pkey PRIMARY KEY,
  position    bigint      NOT NULL DEFAULT 0
                          CONSTRAINT feed_cursors_position_not_negative CHECK (position >= 0),
  holder      text        NOT NULL DEFAULT '',
  lease_until timestamptz NOT NULL DEFAULT '-infinity'
);
