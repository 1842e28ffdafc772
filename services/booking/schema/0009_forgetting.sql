-- What is kept of people can be found by person, and let go of: by erasure, and by age.

-- Whoever is erased or exported is looked for in every table; without these each would be read
-- whole. Of transitions only those taken on somebody else's booking, the others are found by it.
CREATE INDEX transitions_of_staff ON transitions (person) WHERE party IN ('HOST', 'AGENCY');
CREATE INDEX feedback_of_person ON feedback (person);
CREATE INDEX foreign_reads_of_person ON foreign_reads (person);
CREATE INDEX person_history_of_actor ON person_history (actor, at);
CREATE INDEX agreement_history_of_person ON agreement_history (person);
CREATE INDEX agreement_reports_of_person ON agreement_reports (person);
CREATE INDEX agreement_signatories_of_person ON agreement_signatories (signed_by);
CREATE INDEX agreements_recommended_by ON agreements (recommended_by);
CREATE INDEX agreements_validated_by ON agreements (validated_by);
CREATE INDEX consents_recorded_by ON consents (recorded_by);
CREATE INDEX consents_withdrawn_by ON consents (withdrawn_by);

-- What refers to a booking or to a guardian that is let go of.
CREATE INDEX consents_of_booking ON consents (booking_id);
CREATE INDEX consents_of_guardian ON consents (guardian_id);
CREATE INDEX consent_requests_of_guardian ON consent_requests (guardian_id);
CREATE INDEX bookings_rescheduled_from ON bookings (rescheduled_from)
  WHERE rescheduled_from IS NOT NULL;

-- What retention looks for: who has long not been touched, and who is a guardian no more.
CREATE INDEX applicants_by_age ON applicants (update_time);
CREATE INDEX guardians_by_age ON guardians (create_time) WHERE person NOT LIKE 'people/erased-%';
CREATE INDEX guardians_replaced ON guardians (replaced) WHERE replaced IS NOT NULL;

-- A proof that is nobody's names no guardian either: the guardian would say whose it was.
ALTER TABLE consent_requests
  ALTER COLUMN guardian_id DROP NOT NULL,
  ADD CONSTRAINT consent_requests_asks_somebody CHECK (
    guardian_id IS NOT NULL OR person LIKE 'people/erased-%');
ALTER TABLE consents
  DROP CONSTRAINT consents_link_proof,
  ADD CONSTRAINT consents_link_proof CHECK (
    (method = 'LINK') = (request_id IS NOT NULL AND text_version IS NOT NULL
                         AND text_hash IS NOT NULL)
    AND (method <> 'LINK' OR guardian_id IS NOT NULL OR person LIKE 'people/erased-%'));

-- "people/{subject}" whom the answer speaks of, where that is not who asked: it goes with them.
ALTER TABLE answered_requests ADD COLUMN about text NOT NULL DEFAULT '';
CREATE INDEX answered_requests_about ON answered_requests (about) WHERE about <> '';

ALTER TABLE erasures
  -- The last requests that this is the answer to. They outlive the answers themselves, which go
  -- with the person: a late repeat must not erase who has come back.
  ADD COLUMN request_ids uuid[] NOT NULL DEFAULT '{}',
  -- When it last failed. Whoever fails comes after the others.
  ADD COLUMN tried timestamptz;
