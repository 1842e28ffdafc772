-- Mails that carry a secret (a one-time link, a code), some to people who are no users of the
-- platform; mails that are planned for later; and why a booking ended. Personal data stands in
-- `contacts` and, until the mail is sent or given up, in `messages.display_name` and
-- `messages.email`.

-- What "nearest similar sessions" are looked for by.
ALTER TABLE sessions
  ADD COLUMN profession text NOT NULL DEFAULT '',
  ADD COLUMN department text NOT NULL DEFAULT '';

ALTER TABLE messages
  -- The token or the code.
  ADD COLUMN secret text,
  -- Who is written to when that is no party; `recipient` is then 'address'.
  ADD COLUMN display_name text,
  ADD COLUMN email text,
  -- The state that the booking came from; empty when it was made, or when this is about no step.
  ADD COLUMN from_state text NOT NULL DEFAULT '',
  -- What the mail names as the last moment to act.
  ADD COLUMN deadline timestamptz,
  -- It is not sent before this, nor after that.
  ADD COLUMN not_before timestamptz NOT NULL DEFAULT '-infinity',
  ADD COLUMN useless_after timestamptz NOT NULL DEFAULT 'infinity',
  -- What is about no step of a booking comes before and after whatever it will.
  ALTER COLUMN booking_version DROP NOT NULL;

ALTER TABLE messages
  DROP CONSTRAINT messages_kind_known,
  ADD CONSTRAINT messages_kind_known CHECK (kind IN
    ('REQUEST_RECEIVED', 'NEW_REQUEST', 'WAITLISTED', 'OFFERED', 'CONSENT_NEEDED', 'CONFIRMED',
     'DECLINED', 'REQUEST_CANCELLED', 'CONFIRMED_CANCELLED', 'EXPIRED', 'RESCHEDULED',
     'SESSION_CANCELLED', 'CONSENT_WITHDRAWN', 'CONSENT_REFUSED', 'AGREEMENT_MISSING',
     'OVERLAP_RELEASED', 'OFFER_EXPIRED', 'CONSENT_EXPIRED', 'HOST_SILENT', 'WAITLIST_ENDED',
     'NO_SHOW', 'HOST_ABSENT', 'CAPACITY_REDUCED', 'HOST_REMINDER', 'HOST_LAST_REMINDER',
     'OFFER_REMINDER', 'STAY_TOMORROW', 'GUARDIAN_CONSENT', 'SIGNATURE', 'SIGNATURE_CODE')),
  -- dropped: not to be sent any more, since something newer has taken its place.
  DROP CONSTRAINT messages_state_known,
  ADD CONSTRAINT messages_state_known CHECK
    (state IN ('waiting', 'ready', 'sending', 'sent', 'failed', 'dropped')),
  DROP CONSTRAINT messages_failed_has_cause,
  ADD CONSTRAINT messages_failed_has_cause CHECK
    ((state IN ('failed', 'dropped')) = (failure IS NOT NULL)),
  DROP CONSTRAINT messages_failure_known,
  ADD CONSTRAINT messages_failure_known CHECK (failure IN
    ('REFUSED', 'GAVE_UP', 'TOO_LATE', 'INVALID', 'MOVED_ON', 'REPLACED', 'ERASED')),
  ADD CONSTRAINT messages_secret_of_its_kind CHECK
    (secret IS NULL OR kind IN ('GUARDIAN_CONSENT', 'SIGNATURE', 'SIGNATURE_CODE')),
  ADD CONSTRAINT messages_address_whole CHECK ((display_name IS NULL) = (email IS NULL)),
  ADD CONSTRAINT messages_address_of_no_party CHECK (email IS NULL OR recipient = 'address'),
  ADD CONSTRAINT messages_display_name_printable CHECK
    (char_length(display_name) BETWEEN 1 AND 100 AND display_name !~ '[[:cntrl:]]'),
  ADD CONSTRAINT messages_email_form CHECK
    (char_length(email) BETWEEN 3 AND 254 AND email ~ '^[!-~]+@[A-Za-z0-9.-]+$'),
  -- Whoever is done with a message has forgotten what it carried.
  ADD CONSTRAINT messages_secret_forgotten CHECK
    (state NOT IN ('sent', 'failed', 'dropped')
     OR (secret IS NULL AND display_name IS NULL AND email IS NULL));

-- Which reminders a step drops.
CREATE INDEX messages_reminders ON messages (booking)
  WHERE state IN ('waiting', 'ready')
    AND kind IN ('HOST_REMINDER', 'HOST_LAST_REMINDER', 'OFFER_REMINDER', 'STAY_TOMORROW');
-- Which mails with a secret a newer one replaces.
CREATE INDEX messages_with_secret ON messages (booking, kind)
  WHERE state IN ('waiting', 'ready') AND secret IS NOT NULL;
-- Whose reminder moves with its session.
CREATE INDEX messages_stays ON messages (session)
  WHERE state IN ('waiting', 'ready') AND kind = 'STAY_TOMORROW';
-- What a person who is erased was told.
CREATE INDEX messages_of_recipient ON messages (recipient);
