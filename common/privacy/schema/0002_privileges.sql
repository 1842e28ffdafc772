-- What the service may do with its receipts. Booking, which keeps the oldest, drops them too.
DO $$
DECLARE
  service text := 'dm_' || current_schema();
BEGIN
  EXECUTE format('REVOKE ALL ON erasure_receipts, erasure_confirmations FROM %I', service);
  EXECUTE format('GRANT SELECT, INSERT ON erasure_receipts, erasure_confirmations TO %I', service);
  EXECUTE format('GRANT UPDATE (erased) ON erasure_receipts TO %I', service);
END $$;
