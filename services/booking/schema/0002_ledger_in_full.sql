-- Waiting lines, states that run out, rescheduling, agreements, attendance: the ledger in full.

-- What a session is decides the rules; how many wait, and who comes next, is counted where the seats
-- are, under the same lock.
ALTER TABLE sessions
  ADD COLUMN kind text NOT NULL DEFAULT 'MINI_STAGE'
    CONSTRAINT sessions_kind CHECK (kind IN ('MINI_STAGE', 'MEETING')),
  ADD COLUMN on_site boolean NOT NULL DEFAULT true,
  ADD COLUMN chamber text NOT NULL DEFAULT 'CCI'
    CONSTRAINT sessions_chamber CHECK (chamber IN ('CCI', 'CMA', 'AGRICULTURE')),
  ADD COLUMN profession text NOT NULL DEFAULT '',
  -- It will not take place.
  ADD COLUMN cancelled boolean NOT NULL DEFAULT false,
  ADD COLUMN waitlisted int NOT NULL DEFAULT 0
    CONSTRAINT sessions_waitlisted CHECK (waitlisted >= 0),
  ADD COLUMN next_line_number bigint NOT NULL DEFAULT 1,
  -- When the ledger must look at it: its seats or its fate changed.
  ADD COLUMN review_time timestamptz;
CREATE INDEX sessions_due ON sessions (review_time) WHERE review_time IS NOT NULL;

ALTER TABLE bookings
  -- The word of the last transition.
  ADD COLUMN why text NOT NULL DEFAULT '',
  ADD COLUMN scheme text NOT NULL DEFAULT 'MINI_STAGE_CCI',
  ADD COLUMN profession text NOT NULL DEFAULT '',
  ADD COLUMN line_number bigint NOT NULL DEFAULT 0,
  -- When its state runs out, and when the ledger must look at it.
  ADD COLUMN expire_time timestamptz,
  ADD COLUMN review_time timestamptz,
  ADD COLUMN agreement_needed boolean NOT NULL DEFAULT false,
  ADD COLUMN agreement_validated boolean NOT NULL DEFAULT false,
  ADD COLUMN rescheduled_from uuid
    CONSTRAINT bookings_rescheduled_from REFERENCES bookings (id);
ALTER TABLE bookings ALTER COLUMN scheme DROP DEFAULT;
UPDATE bookings SET why = coalesce(
  (SELECT t.why FROM transitions t WHERE t.booking_id = bookings.id
   ORDER BY t.version DESC LIMIT 1), '');
-- Who waits for an answer under the rules of before gets one under these.
UPDATE bookings SET review_time = update_time
WHERE state IN ('WAITLISTED', 'OFFERED', 'PENDING_CONSENT', 'PENDING_HOST', 'CONFIRMED');
CREATE INDEX bookings_due ON bookings (review_time) WHERE review_time IS NOT NULL;
CREATE UNIQUE INDEX bookings_line ON bookings (session_id, line_number)
  WHERE state = 'WAITLISTED';
CREATE INDEX bookings_of_department ON bookings (department, create_time DESC, id DESC);

-- Who waits in line holds nothing yet, and may do so beside a request for the same time: the first
-- that is confirmed releases the others.
ALTER TABLE bookings DROP CONSTRAINT bookings_no_overlap;
ALTER TABLE bookings ADD CONSTRAINT bookings_no_overlap EXCLUDE USING gist (
  applicant WITH =, tstzrange(start_time, end_time) WITH &&
) WHERE (state IN ('OFFERED', 'PENDING_CONSENT', 'PENDING_HOST', 'CONFIRMED'));

-- What the parties said of how it was: once each, in their own words, never in an event.
CREATE TABLE feedback (
  booking_id  uuid        NOT NULL CONSTRAINT feedback_booking REFERENCES bookings (id),
  party       text        NOT NULL
              CONSTRAINT feedback_party CHECK (party IN ('APPLICANT', 'HOST')),
  person      text        NOT NULL,
  request_id  uuid        NOT NULL,
  rating      int         NOT NULL CONSTRAINT feedback_rating CHECK (rating BETWEEN 1 AND 5),
  comment     text        NOT NULL,
  create_time timestamptz NOT NULL,
  CONSTRAINT feedback_pkey PRIMARY KEY (booking_id, party)
);
