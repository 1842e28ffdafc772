-- What becomes of offers, for their companies and for the agencies of their territories.
ALTER TABLE contacts
  DROP CONSTRAINT contacts_party_form,
  -- "agencies/{department}" besides: an agency has one mailbox for each département.
  ADD CONSTRAINT contacts_party_form CHECK
    (party ~ '^(people|ambassadors)/[A-Za-z0-9._:-]{1,128}$' OR party ~ '^companies/[0-9]{14}$'
     OR party ~ '^agencies/([0-9]{2,3}|2[AB])$');

-- Of the offer that a message is about. For one about an offer, `booking` holds the offer's or the
-- report's name, and `booking_version` the offer's.
ALTER TABLE messages ADD COLUMN offer_title text NOT NULL DEFAULT '';

ALTER TABLE messages
  DROP CONSTRAINT messages_kind_known,
  ADD CONSTRAINT messages_kind_known CHECK (kind IN
    ('REQUEST_RECEIVED', 'NEW_REQUEST', 'WAITLISTED', 'OFFERED', 'CONSENT_NEEDED', 'CONFIRMED',
     'DECLINED', 'REQUEST_CANCELLED', 'CONFIRMED_CANCELLED', 'EXPIRED', 'RESCHEDULED',
     'SESSION_CANCELLED', 'CONSENT_WITHDRAWN', 'CONSENT_REFUSED', 'AGREEMENT_MISSING',
     'OVERLAP_RELEASED', 'OFFER_EXPIRED', 'CONSENT_EXPIRED', 'HOST_SILENT', 'WAITLIST_ENDED',
     'NO_SHOW', 'HOST_ABSENT', 'CAPACITY_REDUCED', 'SESSION_MOVED', 'CONSENT_NEEDED_AGAIN',
     'NOT_ELIGIBLE_ANY_MORE', 'OVERLAP_AFTER_MOVE', 'HOST_REMINDER', 'HOST_LAST_REMINDER',
     'OFFER_REMINDER', 'STAY_TOMORROW', 'GUARDIAN_CONSENT', 'SIGNATURE', 'SIGNATURE_CODE',
     'OFFER_SUBMITTED', 'PARTNER_OFFERS_SUBMITTED', 'OFFER_REPORTED', 'OFFER_APPROVED',
     'OFFER_REJECTED', 'OFFER_SUSPENDED', 'OFFER_RESUMED', 'COMPANY_BANNED'));
