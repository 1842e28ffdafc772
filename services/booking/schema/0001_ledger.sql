-- The seat ledger. What the service promises is said here first: a session never holds more seats
-- than it has, a person has one live booking per session and none that overlap, a request_id has one
-- answer.

CREATE TABLE sessions (
  id                   uuid        CONSTRAINT sessions_pkey PRIMARY KEY,
  name                 text        NOT NULL CONSTRAINT sessions_name_unique UNIQUE,
  host                 text        NOT NULL,
  title                text        NOT NULL,
  department           text        NOT NULL,
  start_time           timestamptz NOT NULL,
  end_time             timestamptz NOT NULL,
  -- What the host says now; may be less than is held.
  announced_capacity   int         NOT NULL
                       CONSTRAINT sessions_announced_capacity CHECK (announced_capacity > 0),
  -- What may be held: what is announced, or what was held when the host took seats away. Only ever
  -- lowered together with what is held, so that the check below bars every seat too many.
  capacity             int         NOT NULL,
  held                 int         NOT NULL DEFAULT 0,
  instant_confirmation boolean     NOT NULL,
  open                 boolean     NOT NULL DEFAULT true,
  -- Of the event that said so.
  version              bigint      NOT NULL,
  CONSTRAINT sessions_ends_after_start CHECK (end_time > start_time),
  CONSTRAINT sessions_held_within_capacity CHECK (held BETWEEN 0 AND capacity)
);

CREATE TABLE bookings (
  id            uuid        CONSTRAINT bookings_pkey PRIMARY KEY,
  session_id    uuid        NOT NULL CONSTRAINT bookings_session REFERENCES sessions (id),
  session_name  text        NOT NULL,
  session_title text        NOT NULL,
  applicant     text        NOT NULL,
  host          text        NOT NULL,
  department    text        NOT NULL,
  state         text        NOT NULL
                CONSTRAINT bookings_state CHECK (state IN (
                  'WAITLISTED', 'OFFERED', 'PENDING_CONSENT', 'PENDING_HOST', 'CONFIRMED',
                  'COMPLETED', 'NO_SHOW', 'DECLINED', 'CANCELLED', 'EXPIRED')),
  version       bigint      NOT NULL CONSTRAINT bookings_version CHECK (version > 0),
  start_time    timestamptz NOT NULL,
  end_time      timestamptz NOT NULL,
  create_time   timestamptz NOT NULL,
  update_time   timestamptz NOT NULL,
  -- Free text that a person wrote.
  reason        text        NOT NULL DEFAULT '',
  CONSTRAINT bookings_no_overlap EXCLUDE USING gist (
    applicant WITH =, tstzrange(start_time, end_time) WITH &&
  ) WHERE (state IN ('WAITLISTED', 'OFFERED', 'PENDING_CONSENT', 'PENDING_HOST', 'CONFIRMED'))
);
CREATE UNIQUE INDEX bookings_one_live_per_session ON bookings (applicant, session_id)
  WHERE state IN ('WAITLISTED', 'OFFERED', 'PENDING_CONSENT', 'PENDING_HOST', 'CONFIRMED');
CREATE INDEX bookings_of_session ON bookings (session_id);
CREATE INDEX bookings_of_applicant ON bookings (applicant, create_time DESC, id DESC);
CREATE INDEX bookings_of_host ON bookings (host, create_time DESC, id DESC);

-- The first answer to every write, byte for byte.
CREATE TABLE answered_requests (
  person      text        NOT NULL,
  request_id  uuid        NOT NULL,
  method      text        NOT NULL,
  fingerprint text        NOT NULL,
  answer      bytea       NOT NULL,
  answered    timestamptz NOT NULL,
  CONSTRAINT answered_requests_pkey PRIMARY KEY (person, request_id)
);
CREATE INDEX answered_requests_by_age ON answered_requests USING brin (answered);

-- Who led which booking from where to where, when and why. Only ever added to.
CREATE TABLE transitions (
  booking_id uuid        NOT NULL CONSTRAINT transitions_booking REFERENCES bookings (id),
  version    bigint      NOT NULL,
  at         timestamptz NOT NULL,
  person     text        NOT NULL,
  party      text        NOT NULL
             CONSTRAINT transitions_party CHECK (party IN ('APPLICANT', 'HOST', 'AGENCY', 'SYSTEM')),
  from_state text,
  to_state   text        NOT NULL,
  why        text        NOT NULL,
  CONSTRAINT transitions_pkey PRIMARY KEY (booking_id, version)
);

-- An agency looked at a booking that is not its own.
CREATE TABLE foreign_reads (
  booking_id uuid        NOT NULL,
  person     text        NOT NULL,
  at         timestamptz NOT NULL
);
CREATE INDEX foreign_reads_of_booking ON foreign_reads (booking_id);
