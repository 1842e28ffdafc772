-- The second line of what callers may see: no row of the tables with personal data is there for a
-- transaction that did not declare on whose behalf it runs (see declared_access), and only their own
-- are for one that runs for a party. It binds the owner too.
ALTER TABLE contacts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY declared_access ON contacts USING (may_see(party));
ALTER TABLE contact_requests ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY declared_access ON contact_requests
  USING (may_see(caller));
ALTER TABLE messages ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY declared_access ON messages USING (may_see(recipient));
ALTER TABLE stopped_mails ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY declared_access ON stopped_mails USING (may_see(party));
ALTER TABLE mail_choice_links ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY declared_access ON mail_choice_links
  USING (may_see(party));
ALTER TABLE webhooks ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY declared_access ON webhooks USING (may_see(owner));
