-- The second line of what callers may see: no row is there for a transaction that did not declare
-- on whose behalf it runs (see declared_access), and only their own are for one that runs for an
-- ambassador. It binds the owner too. What everybody may see of profiles the service decides.
ALTER TABLE ambassadors ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY declared_access ON ambassadors
  USING (may_see('ambassadors/' || id));
ALTER TABLE sessions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY declared_access ON sessions
  USING (may_see('ambassadors/' || ambassador));
ALTER TABLE profile_reads ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY declared_access ON profile_reads USING (declared_access() = 'service');
