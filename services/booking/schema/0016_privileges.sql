-- What the service may do, table by table: what its statements need. What is only ever added to
-- can be neither changed nor dropped, but for the names of people who are forgotten, and for what
-- is old enough that a job lets go of it. Everything else is the owner's.
REVOKE ALL ON sessions, bookings, answered_requests, transitions, foreign_reads, feedback,
  school_holidays, school_calendar_version, applicants, guardians, consent_requests, consents,
  person_history, agreements, agreement_signatories, agreement_reports, agreement_history,
  agreement_answers, erasures, host_requests FROM dm_booking;

GRANT SELECT, INSERT, UPDATE ON sessions, bookings, school_holidays TO dm_booking;
GRANT SELECT, UPDATE ON school_calendar_version TO dm_booking;
GRANT SELECT, INSERT, UPDATE, DELETE ON host_requests TO dm_booking;

GRANT SELECT, INSERT, UPDATE (person) ON transitions TO dm_booking;
GRANT SELECT, INSERT, UPDATE (person), DELETE ON foreign_reads TO dm_booking;
GRANT SELECT, INSERT, UPDATE (person, actor), DELETE ON person_history TO dm_booking;
GRANT SELECT, INSERT, UPDATE (person), DELETE ON agreement_history TO dm_booking;
GRANT SELECT, INSERT, UPDATE (person, comment) ON feedback TO dm_booking;

GRANT SELECT, INSERT, UPDATE, DELETE ON applicants, guardians, consent_requests TO dm_booking;
GRANT SELECT, INSERT, DELETE,
  UPDATE (person, guardian_id, recorded_by, withdrawn, withdrawn_by) ON consents TO dm_booking;
GRANT SELECT, INSERT, UPDATE, DELETE ON agreements, agreement_signatories, agreement_reports
  TO dm_booking;
GRANT SELECT, INSERT, DELETE ON answered_requests, agreement_answers TO dm_booking;

GRANT SELECT, INSERT, UPDATE, DELETE ON erasures TO dm_booking;
GRANT DELETE ON erasure_receipts TO dm_booking;
-- Of events that are older than a booking's name, the name goes.
GRANT UPDATE (payload) ON outbox TO dm_booking;
