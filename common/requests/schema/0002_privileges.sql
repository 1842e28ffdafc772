-- What the service may do with its answers: change none once it was given, and drop the old.
DO $$
DECLARE
  service text := 'dm_' || current_schema();
BEGIN
  EXECUTE format('REVOKE ALL ON answered_requests FROM %I', service);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE (answer), DELETE ON answered_requests TO %I',
                 service);
END $$;
