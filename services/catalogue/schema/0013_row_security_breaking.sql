-- The second line of what callers may see: no row of the tables that say what people did is there
-- for a transaction that did not declare on whose behalf it runs (see declared_access). It binds the
-- owner too. Sessions and offers are for everybody; who cancelled a session never leaves its row.
ALTER TABLE offer_reports ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY declared_access ON offer_reports
  USING (may_see(reporter));
ALTER TABLE offer_report_reads ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY declared_access ON offer_report_reads
  USING (may_see(reader));
ALTER TABLE offer_transitions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY declared_access ON offer_transitions USING (declared_access() = 'service');
ALTER TABLE company_bans ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY declared_access ON company_bans USING (declared_access() = 'service');
ALTER TABLE partner_sources ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY declared_access ON partner_sources
  USING (may_see(owner));
