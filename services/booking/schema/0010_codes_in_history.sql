-- How many codes a party was sent in a day is counted in the history, which a new text does not
-- begin anew.

ALTER TABLE agreement_signatories DROP COLUMN codes_since, DROP COLUMN codes_sent;
