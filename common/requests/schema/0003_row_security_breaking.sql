-- No row is there for a transaction that did not declare on whose behalf it runs (see
-- declared_access), and only their own are for one that runs for a person.
ALTER TABLE answered_requests ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY declared_access ON answered_requests
  USING (may_see(caller));
