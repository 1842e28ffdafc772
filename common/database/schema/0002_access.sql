-- On whose behalf a transaction runs, as it declared with SET LOCAL dm.access: 'service', or the
-- name of a party. NULL when it declared nothing: a setting that has gone out of scope is ''. The
-- policies of the tables with personal data ask for it.
CREATE FUNCTION declared_access() RETURNS text
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('dm.access', true), '');

-- Whether that may see the rows of a party. A CASE, since the planner takes two comparisons for a
-- filter that leaves one row in a hundred, and plans for tables that small; of this it knows nothing.
CREATE FUNCTION may_see(party text) RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN CASE declared_access() WHEN 'service' THEN true ELSE declared_access() = party END;

-- The service itself compares what is here with what its program knows.
DO $$
DECLARE
  service text := 'dm_' || current_schema();
BEGIN
  EXECUTE format('REVOKE ALL ON schema_migrations FROM %I', service);
  EXECUTE format('GRANT SELECT ON schema_migrations TO %I', service);
END $$;
