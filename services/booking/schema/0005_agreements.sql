-- Agreements: the paper of a stay, who signed which text of it, who saw and changed what.

CREATE TABLE agreements (
  id               uuid        CONSTRAINT agreements_pkey PRIMARY KEY,
  booking_id       uuid        NOT NULL CONSTRAINT agreements_booking REFERENCES bookings (id)
                               CONSTRAINT agreements_one_per_booking UNIQUE,
  scheme           text        NOT NULL
                   CONSTRAINT agreements_scheme CHECK (scheme IN (
                     'MINI_STAGE_CCI', 'MINI_STAGE_CMA', 'MINI_STAGE_AGRICULTURE',
                     'SCHOOL_OBSERVATION', 'ADULT_IMMERSION', 'INFORMATION_VISIT', 'MEETING')),
  state            text        NOT NULL
                   CONSTRAINT agreements_state CHECK (state IN (
                     'DRAFT', 'SIGNING', 'IN_REVIEW', 'VALIDATED', 'REJECTED', 'CANCELLED',
                     'EXPIRED')),
  version          bigint      NOT NULL CONSTRAINT agreements_version CHECK (version > 0),
  -- JSON of what the parties write; and the canonical text that they sign, byte for byte, so that
  -- its hash can be computed again. Personal data: '' once erased.
  content          text        NOT NULL,
  document         text        NOT NULL DEFAULT '',
  -- SHA-256 of `document` in hexadecimal digits; stays when the text is erased.
  document_hash    text        NOT NULL DEFAULT '',
  start_time       timestamptz NOT NULL,
  end_time         timestamptz NOT NULL,
  create_time      timestamptz NOT NULL,
  update_time      timestamptz NOT NULL,
  recommended_by   text,
  recommended_time timestamptz,
  validated_by     text,
  validated_time   timestamptz,
  -- Free text that a person wrote.
  reason           text        NOT NULL DEFAULT '',
  why              text        NOT NULL,
  -- When it must be looked at by itself; NULL for never.
  review_time      timestamptz,
  CONSTRAINT agreements_text_is_fixed_while_signed CHECK (
    (state IN ('SIGNING', 'IN_REVIEW', 'VALIDATED')) <= (document_hash ~ '^[0-9a-f]{64}$')),
  CONSTRAINT agreements_recommended CHECK ((recommended_by IS NULL) = (recommended_time IS NULL)),
  CONSTRAINT agreements_validated CHECK (
    (validated_by IS NULL) = (validated_time IS NULL)
    AND (state = 'VALIDATED') <= (validated_by IS NOT NULL)),
  CONSTRAINT agreements_four_eyes CHECK (
    validated_by IS NULL OR (recommended_by IS NOT NULL AND recommended_by <> validated_by))
);
CREATE INDEX agreements_due ON agreements (review_time) WHERE review_time IS NOT NULL;
CREATE INDEX agreements_in_review ON agreements (create_time DESC, id DESC)
  WHERE state = 'IN_REVIEW';

-- Who must sign the text as it stands: a row a party, so that two signatures at one moment are two
-- rows. Gone when the text changes: what was signed then is in the history.
CREATE TABLE agreement_signatories (
  agreement_id  uuid        NOT NULL
                CONSTRAINT agreement_signatories_agreement REFERENCES agreements (id) ON DELETE CASCADE,
  party         text        NOT NULL
                CONSTRAINT agreement_signatories_party CHECK (party IN (
                  'APPLICANT', 'GUARDIAN', 'TUTOR', 'SCHOOL')),
  -- Order on the paper.
  place         int         NOT NULL,
  -- Personal data: '' once erased.
  display_name  text        NOT NULL,
  email         text        NOT NULL,
  -- SHA-256 of the token of the last link.
  link_hash     bytea       CONSTRAINT agreement_signatories_link UNIQUE,
  link_expires  timestamptz,
  -- When the party is to be told that its signature is asked for; NULL when it was, or cannot be.
  tell_time     timestamptz,
  told_time     timestamptz,
  -- The last code as a salted scrypt hash, and the guesses at it so far.
  code_salt     bytea,
  code_hash     bytea,
  code_expires  timestamptz,
  code_tries    int         NOT NULL DEFAULT 0,
  -- Codes sent since `codes_since`, and when the last was.
  codes_since   timestamptz,
  codes_sent    int         NOT NULL DEFAULT 0,
  code_time     timestamptz,
  signed_time   timestamptz,
  signed_method text
                CONSTRAINT agreement_signatories_method CHECK (signed_method IN (
                  'ACCOUNT_AND_CODE', 'LINK_AND_CODE')),
  signed_hash   text,
  signed_by     text,
  CONSTRAINT agreement_signatories_pkey PRIMARY KEY (agreement_id, party),
  CONSTRAINT agreement_signatories_tries CHECK (code_tries BETWEEN 0 AND 5),
  CONSTRAINT agreement_signatories_signed CHECK (
    (signed_time IS NULL) = (signed_method IS NULL) AND (signed_time IS NULL) = (signed_hash IS NULL))
);
CREATE INDEX agreement_signatories_to_tell ON agreement_signatories (tell_time)
  WHERE tell_time IS NOT NULL;

-- What tutor and applicant say of the stay when it is over. Personal data: the row goes when erased.
CREATE TABLE agreement_reports (
  agreement_id uuid        NOT NULL
               CONSTRAINT agreement_reports_agreement REFERENCES agreements (id) ON DELETE CASCADE,
  party        text        NOT NULL
               CONSTRAINT agreement_reports_party CHECK (party IN ('APPLICANT', 'TUTOR')),
  person       text        NOT NULL,
  at           timestamptz NOT NULL,
  activities   text        NOT NULL,
  assessment   text        NOT NULL,
  rating       int         NOT NULL CONSTRAINT agreement_reports_rating CHECK (rating BETWEEN 1 AND 5),
  would_go_on  boolean     NOT NULL,
  CONSTRAINT agreement_reports_pkey PRIMARY KEY (agreement_id, party)
);

-- Who did what to an agreement and who looked at it. Ids and fixed words only; only ever added to.
CREATE TABLE agreement_history (
  seq           bigint      GENERATED ALWAYS AS IDENTITY
                CONSTRAINT agreement_history_pkey PRIMARY KEY,
  agreement_id  uuid        NOT NULL,
  -- The agreement's version after it, or the one that was looked at.
  version       bigint      NOT NULL,
  at            timestamptz NOT NULL,
  -- "people/{subject}", or empty for who came by a link and for the suite.
  person        text        NOT NULL,
  party         text        NOT NULL
                CONSTRAINT agreement_history_party CHECK (party IN (
                  'APPLICANT', 'GUARDIAN', 'TUTOR', 'SCHOOL', 'CHAMBER', 'SYSTEM')),
  -- 'SIGNED', 'VALIDATED' and the other words of the transitions; 'SEEN', 'DOCUMENT_SEEN',
  -- 'CODE_SENT', 'LINK_RENEWED', 'UNREACHABLE' for what changes no state.
  action        text        NOT NULL,
  from_state    text,
  to_state      text        NOT NULL,
  -- The text that stood then; empty in a draft.
  document_hash text        NOT NULL
);
CREATE INDEX agreement_history_of_agreement ON agreement_history (agreement_id, seq);

-- Only a person's name may go, and all of it with its agreement.
CREATE FUNCTION refuse_change_of_agreement_history() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
  IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT FROM agreements WHERE id = OLD.agreement_id) THEN
    RETURN OLD;
  ELSIF TG_OP = 'UPDATE' AND NEW.person LIKE 'people/erased-%'
        AND to_jsonb(NEW) - 'person' = to_jsonb(OLD) - 'person' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the history of an agreement is only ever added to';
END $$;
CREATE TRIGGER agreement_history_append_only BEFORE UPDATE OR DELETE ON agreement_history
  FOR EACH ROW EXECUTE FUNCTION refuse_change_of_agreement_history();

-- Whatever becomes of a booking, its agreement is looked at: whoever changes it need not know of
-- agreements.
CREATE FUNCTION review_agreement_of_booking() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
  UPDATE agreements SET review_time = '-infinity'
  WHERE booking_id = NEW.id AND state IN ('DRAFT', 'SIGNING', 'IN_REVIEW', 'VALIDATED');
  RETURN NULL;
END $$;
CREATE TRIGGER bookings_review_agreement
  AFTER UPDATE OF state, start_time, end_time ON bookings
  FOR EACH ROW
  WHEN (OLD.state IS DISTINCT FROM NEW.state OR OLD.start_time IS DISTINCT FROM NEW.start_time
        OR OLD.end_time IS DISTINCT FROM NEW.end_time)
  EXECUTE FUNCTION review_agreement_of_booking();

-- The answers to requests about agreements, which hold what an agreement says: they go with the
-- request, and before that when the agreement is erased.
CREATE TABLE agreement_answers (
  person       text  NOT NULL,
  request_id   uuid  NOT NULL,
  agreement_id uuid  NOT NULL
               CONSTRAINT agreement_answers_agreement REFERENCES agreements (id) ON DELETE CASCADE,
  answer       bytea NOT NULL,
  CONSTRAINT agreement_answers_pkey PRIMARY KEY (person, request_id),
  CONSTRAINT agreement_answers_request FOREIGN KEY (person, request_id)
    REFERENCES answered_requests (person, request_id) ON DELETE CASCADE
);
CREATE INDEX agreement_answers_of_agreement ON agreement_answers (agreement_id);
