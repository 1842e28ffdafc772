-- What parties do not want to be told any more, and the links of mails that say so.
CREATE TABLE stopped_mails (
  -- As in `contacts`.
  party text NOT NULL,
  kind text NOT NULL,
  since timestamptz NOT NULL,
  CONSTRAINT stopped_mails_key PRIMARY KEY (party, kind),
  CONSTRAINT stopped_mails_kind_optional CHECK (kind IN
    ('HOST_REMINDER', 'HOST_LAST_REMINDER', 'OFFER_REMINDER', 'STAY_TOMORROW', 'OFFER_APPROVED',
     'OFFER_RESUMED'))
);

-- One for each time that such a mail was on its way.
CREATE TABLE mail_choice_links (
  -- SHA-256 of the token, which the mail alone holds.
  token_hash bytea CONSTRAINT mail_choice_links_key PRIMARY KEY,
  party text NOT NULL,
  kind text NOT NULL,
  expires timestamptz NOT NULL,
  CONSTRAINT mail_choice_links_kind_optional CHECK (kind IN
    ('HOST_REMINDER', 'HOST_LAST_REMINDER', 'OFFER_REMINDER', 'STAY_TOMORROW', 'OFFER_APPROVED',
     'OFFER_RESUMED'))
);
CREATE INDEX mail_choice_links_of_party ON mail_choice_links (party);
CREATE INDEX mail_choice_links_by_age ON mail_choice_links (expires);

-- dropped because its recipient wants none of its kind.
ALTER TABLE messages
  DROP CONSTRAINT messages_failure_known,
  ADD CONSTRAINT messages_failure_known CHECK (failure IN
    ('REFUSED', 'GAVE_UP', 'TOO_LATE', 'INVALID', 'MOVED_ON', 'REPLACED', 'ERASED', 'STOPPED'));
