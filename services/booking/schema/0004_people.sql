-- Applicants, their guardians, and what guardians consented to. Personal data of applicants stands in
-- `applicants`, that of guardians in `guardians`; all other tables hold ids.

CREATE TABLE applicants (
  -- "people/{subject}".
  person            text        CONSTRAINT applicants_pkey PRIMARY KEY,
  birth_date        date        NOT NULL,
  level             text        NOT NULL
                    CONSTRAINT applicants_level CHECK (level IN (
                      'QUATRIEME', 'TROISIEME', 'SECONDE', 'LYCEE', 'STUDENT', 'APPRENTICE',
                      'ADULT')),
  -- Empty for who goes to no school.
  school_uai        text        NOT NULL DEFAULT ''
                    CONSTRAINT applicants_school_uai CHECK (school_uai ~ '^([0-9]{7}[A-Z])?$'),
  department        text        NOT NULL,
  -- Whether the agency vouches for the birth date: the applicant can then no longer change it.
  birth_date_proven boolean     NOT NULL DEFAULT false,
  -- Raised by 1 at each change; the etag.
  version           bigint      NOT NULL DEFAULT 1
                    CONSTRAINT applicants_version CHECK (version > 0),
  update_time       timestamptz NOT NULL
);

-- One row for each person who was ever named as a guardian. Who is replaced stays as long as a
-- consent or a question refers to them: a consent says who gave it.
CREATE TABLE guardians (
  id           uuid        CONSTRAINT guardians_pkey PRIMARY KEY,
  person       text        NOT NULL,
  display_name text        NOT NULL
               CONSTRAINT guardians_display_name CHECK (
                 char_length(display_name) <= 100 AND display_name !~ '[[:cntrl:]]'),
  email        text        NOT NULL
               CONSTRAINT guardians_email CHECK (
                 char_length(email) <= 254 AND email ~ '^([!-~]+@[A-Za-z0-9.-]+)?$'),
  -- The etag. Goes on counting over all guardians of a person.
  version      bigint      NOT NULL CONSTRAINT guardians_version CHECK (version > 0),
  -- Whether the guardian has answered by a link, or the agency has named them: the applicant can
  -- then no longer replace them.
  bound        boolean     NOT NULL DEFAULT false,
  create_time  timestamptz NOT NULL,
  replaced     timestamptz
);
CREATE UNIQUE INDEX guardians_one_at_a_time ON guardians (person) WHERE replaced IS NULL;
CREATE INDEX guardians_of_person ON guardians (person, version);

-- A guardian was asked about a booking, by a link. The link's token is here as a hash only; the
-- token itself is known to the mail, and for the moment of sending to the process that made it.
CREATE TABLE consent_requests (
  id           uuid        CONSTRAINT consent_requests_pkey PRIMARY KEY,
  booking_id   uuid        NOT NULL CONSTRAINT consent_requests_booking REFERENCES bookings (id),
  person       text        NOT NULL,
  guardian_id  uuid        NOT NULL CONSTRAINT consent_requests_guardian REFERENCES guardians (id),
  -- SHA-256.
  token_hash   bytea       NOT NULL
               CONSTRAINT consent_requests_token_hash CHECK (octet_length(token_hash) = 32),
  -- SENDING: handed to notification, which has not said yes yet. OPEN: the guardian can answer.
  -- ANSWERED: the link gave a consent, and can only take it back. CLOSED: the link is dead.
  state        text        NOT NULL
               CONSTRAINT consent_requests_state CHECK (
                 state IN ('SENDING', 'OPEN', 'ANSWERED', 'CLOSED')),
  -- Why it is closed, a fixed word.
  cause        text,
  create_time  timestamptz NOT NULL,
  -- The guardian can answer until then.
  expire_time  timestamptz NOT NULL,
  -- When a SENDING one that nobody has settled is given up: the process that knew the token is gone.
  settle_time  timestamptz NOT NULL,
  CONSTRAINT consent_requests_closed_has_cause CHECK ((state = 'CLOSED') = (cause IS NOT NULL)),
  CONSTRAINT consent_requests_cause CHECK (
    cause IN ('REFUSED', 'WITHDRAWN', 'EXPIRED', 'REPLACED', 'LOST', 'UNDELIVERABLE', 'MOVED_ON'))
);
CREATE UNIQUE INDEX consent_requests_by_token ON consent_requests (token_hash);
-- A booking has one question in the open at a time.
CREATE UNIQUE INDEX consent_requests_one_open ON consent_requests (booking_id)
  WHERE state IN ('SENDING', 'OPEN');
CREATE INDEX consent_requests_of_booking ON consent_requests (booking_id, create_time);
CREATE INDEX consent_requests_of_person ON consent_requests (person, create_time);
CREATE INDEX consent_requests_unsettled ON consent_requests (settle_time) WHERE state = 'SENDING';
CREATE INDEX consent_requests_running ON consent_requests (expire_time) WHERE state = 'OPEN';

-- What the asking loop looks for.
CREATE INDEX bookings_waiting_for_consent ON bookings (update_time, id)
  WHERE state = 'PENDING_CONSENT';

-- What a guardian decided. Never deleted: the proof outlives the consent.
CREATE TABLE consents (
  id           uuid        CONSTRAINT consents_pkey PRIMARY KEY,
  person       text        NOT NULL,
  decision     text        NOT NULL
               CONSTRAINT consents_decision CHECK (decision IN ('GIVEN', 'REFUSED')),
  -- What it covers: one booking, one scheme, or every activity.
  scope        text        NOT NULL
               CONSTRAINT consents_scope CHECK (scope IN ('BOOKING', 'SCHEME', 'ALL')),
  -- The one booking.
  booking_id   uuid        CONSTRAINT consents_booking REFERENCES bookings (id),
  -- As named in domain/scheme.h; empty unless the scope is one scheme.
  scheme       text        NOT NULL DEFAULT '',
  -- The last day that it covers. Absent for one booking.
  until        date,
  decided      timestamptz NOT NULL,
  method       text        NOT NULL
               CONSTRAINT consents_method CHECK (method IN ('LINK', 'PAPER')),
  -- Who decided. Absent when a paper was recorded for an applicant without a guardian on file.
  guardian_id  uuid        CONSTRAINT consents_guardian REFERENCES guardians (id),
  -- By link: which one, and what was shown.
  request_id   uuid        CONSTRAINT consents_request REFERENCES consent_requests (id),
  text_version int,
  text_hash    bytea,
  -- On paper: who of the agency has seen it, and the day it was signed.
  recorded_by  text,
  signed       date,
  -- Taken back, and by whom: "guardian" by the link, or who of the agency.
  withdrawn    timestamptz,
  withdrawn_by text,
  CONSTRAINT consents_booking_scope CHECK ((scope = 'BOOKING') = (booking_id IS NOT NULL)),
  CONSTRAINT consents_scheme_scope CHECK ((scope = 'SCHEME') = (scheme <> '')),
  CONSTRAINT consents_standing_ends CHECK ((scope = 'BOOKING') = (until IS NULL)),
  CONSTRAINT consents_refusal_of_one CHECK (decision = 'GIVEN' OR scope = 'BOOKING'),
  CONSTRAINT consents_link_proof CHECK (
    (method = 'LINK') = (request_id IS NOT NULL AND text_version IS NOT NULL
                         AND text_hash IS NOT NULL AND guardian_id IS NOT NULL)),
  CONSTRAINT consents_paper_proof CHECK (
    (method = 'PAPER') = (recorded_by IS NOT NULL AND signed IS NOT NULL)),
  CONSTRAINT consents_withdrawal CHECK ((withdrawn IS NULL) = (withdrawn_by IS NULL)),
  CONSTRAINT consents_only_given_is_withdrawn CHECK (withdrawn IS NULL OR decision = 'GIVEN')
);
-- One decision a link.
CREATE UNIQUE INDEX consents_one_by_link ON consents (request_id);
CREATE INDEX consents_of_person ON consents (person, decided DESC, id DESC);

-- Who saw and changed what is known of a person. Only ever added to.
CREATE TABLE person_history (
  person text        NOT NULL,
  at     timestamptz NOT NULL,
  -- "people/{subject}", "guardian" by a link, or "system".
  actor  text        NOT NULL,
  -- A fixed word.
  action text        NOT NULL
);
CREATE INDEX person_history_of_person ON person_history (person, at);
