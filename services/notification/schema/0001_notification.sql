-- Who is to be told what, and how far that has come. Personal data stands in `contacts` alone: all
-- other tables hold ids.

CREATE TABLE contacts (
  -- "people/{subject}", "companies/{siret}" or "ambassadors/{ambassador}".
  party text CONSTRAINT contacts_key PRIMARY KEY,
  display_name text NOT NULL,
  email text NOT NULL,
  -- Raised by 1 at each change; the etag.
  version bigint NOT NULL DEFAULT 1,
  CONSTRAINT contacts_party_form CHECK
    (party ~ '^(people|ambassadors)/[A-Za-z0-9._:-]{1,128}$' OR party ~ '^companies/[0-9]{14}$'),
  CONSTRAINT contacts_display_name_length CHECK (char_length(display_name) BETWEEN 1 AND 100),
  -- No line break may ever reach the header of a mail.
  CONSTRAINT contacts_display_name_printable CHECK (display_name !~ '[[:cntrl:]]'),
  CONSTRAINT contacts_email_length CHECK (char_length(email) BETWEEN 3 AND 254),
  CONSTRAINT contacts_email_form CHECK (email ~ '^[!-~]+@[A-Za-z0-9.-]+$'),
  CONSTRAINT contacts_version_positive CHECK (version > 0)
);

-- The request ids of the writes to contacts, so that a repeated call finds its first answer. The
-- answer is the request's own content and this version: no personal data is kept twice. Rows go
-- after two days.
CREATE TABLE contact_requests (
  -- "people/{subject}" of who asked.
  caller text NOT NULL,
  request_id uuid NOT NULL,
  -- SHA-256 of what was asked.
  fingerprint text NOT NULL,
  version bigint NOT NULL,
  created timestamptz NOT NULL,
  CONSTRAINT contact_requests_key PRIMARY KEY (caller, request_id)
);
CREATE INDEX contact_requests_by_age ON contact_requests (created);

-- Sessions as the feeds of catalogue and ambassador tell them. What other services say is not
-- checked here: a row that was refused would stop the feed for good.
CREATE TABLE sessions (
  name text CONSTRAINT sessions_key PRIMARY KEY,
  host text NOT NULL,
  title text NOT NULL,
  company_display_name text NOT NULL,
  street text NOT NULL,
  postal_code text NOT NULL,
  commune text NOT NULL,
  -- A name of destinationmetier.type.v1.MeetingFormat without its prefix.
  format text NOT NULL,
  start_time timestamptz NOT NULL,
  end_time timestamptz NOT NULL,
  -- Whether it takes bookings.
  open boolean NOT NULL DEFAULT true,
  -- The producer's: what is older than this is ignored.
  version bigint NOT NULL
);

-- One mail to one party about one step of a booking.
CREATE TABLE messages (
  -- Follows from event, recipient and kind, and makes the Message-ID: however often a message is
  -- planned or sent, receivers see one.
  id uuid CONSTRAINT messages_key PRIMARY KEY,
  event_id uuid NOT NULL,
  recipient text NOT NULL,
  kind text NOT NULL,
  -- "bookings/{booking}", and the step of it that this is about.
  booking text NOT NULL,
  booking_version bigint NOT NULL,
  session text NOT NULL,
  -- Who took the step.
  actor text NOT NULL,
  -- End of the session when the step was taken.
  end_time timestamptz NOT NULL,
  -- When the step was taken.
  created timestamptz NOT NULL,
  -- waiting: for the recipient's contact or for the session. ready: to be sent. sending: leased by
  -- a replica. sent and failed: done with.
  state text NOT NULL,
  -- Attempts begun.
  attempts integer NOT NULL DEFAULT 0,
  -- When it may be taken: the next attempt of a ready one, the end of the lease of one being sent.
  next_attempt timestamptz NOT NULL,
  -- Raised at each lease. Who comes back with an older one has lost the message to another.
  fence bigint NOT NULL DEFAULT 0,
  sent_at timestamptz,
  -- Why it failed, a fixed word.
  failure text,
  CONSTRAINT messages_once UNIQUE (event_id, recipient, kind),
  CONSTRAINT messages_kind_known CHECK (kind IN
    ('REQUEST_RECEIVED', 'NEW_REQUEST', 'WAITLISTED', 'OFFERED', 'CONSENT_NEEDED', 'CONFIRMED',
     'DECLINED', 'REQUEST_CANCELLED', 'CONFIRMED_CANCELLED', 'EXPIRED')),
  CONSTRAINT messages_actor_known CHECK (actor IN ('APPLICANT', 'HOST', 'AGENCY', 'SYSTEM')),
  CONSTRAINT messages_state_known CHECK
    (state IN ('waiting', 'ready', 'sending', 'sent', 'failed')),
  CONSTRAINT messages_sent_has_time CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
  CONSTRAINT messages_failed_has_cause CHECK ((state = 'failed') = (failure IS NOT NULL)),
  CONSTRAINT messages_failure_known CHECK (failure IN ('REFUSED', 'GAVE_UP', 'TOO_LATE', 'INVALID')),
  CONSTRAINT messages_attempts_positive CHECK (attempts >= 0)
);

-- What the delivery loops look for.
CREATE INDEX messages_due ON messages (next_attempt, id) WHERE state IN ('ready', 'sending');
-- Whether an earlier message of the same booking to the same party is still to go.
CREATE INDEX messages_in_order ON messages (booking, recipient, booking_version)
  WHERE state IN ('waiting', 'ready', 'sending');
-- What a new contact and a new session release.
CREATE INDEX messages_waiting_for_contact ON messages (recipient) WHERE state = 'waiting';
CREATE INDEX messages_waiting_for_session ON messages (session) WHERE state = 'waiting';
