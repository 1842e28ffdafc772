-- Roles, schemas and extensions of one database. Run it as superuser, connected to that database,
-- as often as you like. Every service has a login role that owns the schema of its name and can
-- reach nothing else; passwords are set apart (ALTER ROLE … PASSWORD) and never stand here.

CREATE EXTENSION IF NOT EXISTS unaccent WITH SCHEMA public;
CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;
CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;
CREATE EXTENSION IF NOT EXISTS cube WITH SCHEMA public;
CREATE EXTENSION IF NOT EXISTS earthdistance WITH SCHEMA public;

DO $$
DECLARE
  service text;
  role text;
BEGIN
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  REVOKE CREATE ON SCHEMA public FROM PUBLIC;

  FOREACH service IN ARRAY ARRAY['catalogue', 'ambassador', 'booking', 'notification',
                                'gateway'] LOOP
    role := 'dm_' || service;
    -- Another database of the same cluster may be making the same role at this moment.
    BEGIN
      EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE', role);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL;
    END;
    -- PostgreSQL takes a search with facets for costly enough to be compiled first, which takes a
    -- hundred times longer than the search (measured: 178 ms on 10,000 offers).
    EXECUTE format('ALTER ROLE %I SET jit = off', role);
    -- The plan of a prepared statement is kept. One that was made while a table was empty reads the
    -- whole table, and would do so through the rush that fills it, until the next autoanalyze. What
    -- booking asks often it asks by key.
    IF service = 'booking' THEN
      EXECUTE format('ALTER ROLE %I SET enable_seqscan = off', role);
    END IF;
    EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO %I', current_database(), role);
    EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I AUTHORIZATION %I', service, role);
    EXECUTE format('REVOKE ALL ON SCHEMA %I FROM PUBLIC', service);
  END LOOP;
END
$$;
