-- What the service may do, table by table: what its statements need. Messages are never dropped,
-- and what was delivered is never changed. Everything else is the owner's.
REVOKE ALL ON contacts, contact_requests, sessions, messages, webhooks, webhook_deliveries,
  stopped_mails, mail_choice_links FROM dm_notification;
GRANT SELECT, INSERT, UPDATE, DELETE ON contacts, webhooks TO dm_notification;
GRANT SELECT, INSERT, UPDATE ON sessions, messages TO dm_notification;
GRANT SELECT, INSERT, DELETE ON contact_requests, webhook_deliveries, stopped_mails
  TO dm_notification;
-- A link is locked while it is followed, which takes the right to change something of it.
GRANT SELECT, INSERT, UPDATE (expires), DELETE ON mail_choice_links TO dm_notification;
