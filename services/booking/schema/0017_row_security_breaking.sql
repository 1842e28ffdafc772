-- The second line of what callers may see: no row of the tables with personal data is there for a
-- transaction that did not declare on whose behalf it runs (see declared_access), and only their own
-- are for one that runs for a person. It binds the owner too. What belongs to a booking and names
-- several people is the service's alone.
ALTER TABLE applicants ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY declared_access ON applicants
  USING (may_see(person));
ALTER TABLE guardians ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY declared_access ON guardians
  USING (may_see(person));
ALTER TABLE consent_requests ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY declared_access ON consent_requests
  USING (may_see(person));
ALTER TABLE consents ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY declared_access ON consents
  USING (may_see(person));
ALTER TABLE person_history ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY declared_access ON person_history
  USING (may_see(person));
ALTER TABLE answered_requests ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY declared_access ON answered_requests
  USING (may_see(person));
ALTER TABLE bookings ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY declared_access ON bookings
  USING (may_see(applicant));

ALTER TABLE transitions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY declared_access ON transitions USING (declared_access() = 'service');
ALTER TABLE foreign_reads ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY declared_access ON foreign_reads USING (declared_access() = 'service');
ALTER TABLE feedback ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY declared_access ON feedback USING (declared_access() = 'service');
ALTER TABLE agreements ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY declared_access ON agreements USING (declared_access() = 'service');
ALTER TABLE agreement_signatories ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY declared_access ON agreement_signatories USING (declared_access() = 'service');
ALTER TABLE agreement_reports ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY declared_access ON agreement_reports USING (declared_access() = 'service');
ALTER TABLE agreement_history ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY declared_access ON agreement_history USING (declared_access() = 'service');
ALTER TABLE agreement_answers ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY declared_access ON agreement_answers USING (declared_access() = 'service');
