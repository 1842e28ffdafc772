-- What is told stays told: no role of a service deletes an event or changes one.
DO $$
DECLARE
  service text := 'dm_' || current_schema();
BEGIN
  EXECUTE format('REVOKE ALL ON outbox, outbox_counter, feed_cursors FROM %I', service);
  EXECUTE format('GRANT SELECT, INSERT ON outbox TO %I', service);
  EXECUTE format('GRANT SELECT, UPDATE ON outbox_counter TO %I', service);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE ON feed_cursors TO %I', service);
END $$;
