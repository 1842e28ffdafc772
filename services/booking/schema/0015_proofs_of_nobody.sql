-- Proofs that are nobody's any more are let go of when nobody can dispute them: what retention looks
-- for.
CREATE INDEX consents_of_nobody ON consents (decided) WHERE person LIKE 'people/erased-%';
CREATE INDEX consent_requests_of_nobody ON consent_requests (create_time)
  WHERE person LIKE 'people/erased-%';
CREATE INDEX agreements_of_nobody ON agreements (end_time) WHERE content = '';
CREATE INDEX erasures_by_age ON erasures (done) WHERE done IS NOT NULL;
CREATE INDEX erasure_receipts_by_age ON erasure_receipts (erased) WHERE erased IS NOT NULL;
CREATE INDEX person_history_by_age ON person_history USING brin (at);
