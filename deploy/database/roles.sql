-- Roles, schemas and extensions of one database. Run it as superuser, connected to that database,
-- as often as you like; a database of before there were owners is brought along. Every service has
-- two login roles: dm_<service>_owner owns the schema of the service's name and makes its tables
-- (--migrate), dm_<service> may do in it what the service's statements need, which its migrations
-- say table by table. Neither reaches anything else. Passwords are set apart (ALTER ROLE …
-- PASSWORD) and never stand here.

CREATE EXTENSION IF NOT EXISTS unaccent WITH SCHEMA public;
CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;
CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;
CREATE EXTENSION IF NOT EXISTS cube WITH SCHEMA public;
CREATE EXTENSION IF NOT EXISTS earthdistance WITH SCHEMA public;

-- Under row-level security an index is asked only by functions that are marked as telling nothing of
-- the values they see but by their answer: no error that depends on a row, say. The three below compare
-- and fail for no value, but PostgreSQL does not mark them, and each search for ambassadors would read
-- all profiles. Their operators: tsvector @@ tsquery, text <<% text, cube <@ cube.
ALTER FUNCTION pg_catalog.ts_match_vq(tsvector, tsquery) LEAKPROOF;
ALTER FUNCTION public.strict_word_similarity_op(text, text) LEAKPROOF;
ALTER FUNCTION public.cube_contained(public.cube, public.cube) LEAKPROOF;

DO $$
DECLARE
  service text;
  role text;
  owner text;
  one text;
BEGIN
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  REVOKE CREATE ON SCHEMA public FROM PUBLIC;
  -- Nobody stores files in the database. These need no right but that to call them.
  FOR one IN
    SELECT oid::regprocedure FROM pg_proc
    WHERE pronamespace = 'pg_catalog'::regnamespace
      AND proname IN ('lo_creat', 'lo_create', 'lo_from_bytea', 'lo_import', 'lo_export')
  LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', one);
  END LOOP;

  FOREACH service IN ARRAY ARRAY['catalogue', 'ambassador', 'booking', 'notification',
                                'gateway'] LOOP
    role := 'dm_' || service;
    owner := role || '_owner';
    FOREACH one IN ARRAY ARRAY[role, owner] LOOP
      -- Another database of the same cluster may be making the same role at this moment.
      BEGIN
        EXECUTE format('CREATE ROLE %I LOGIN', one);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL;
      END;
      EXECUTE format('ALTER ROLE %I NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION '
                     'NOBYPASSRLS', one);
      EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), one);
    END LOOP;
    -- PostgreSQL takes a search with facets for costly enough to be compiled first, which takes a
    -- hundred times longer than the search (measured: 178 ms on 10,000 offers).
    EXECUTE format('ALTER ROLE %I SET jit = off', role);
    -- The plan of a prepared statement is kept. One that was made while a table was empty reads the
    -- whole table, and would do so through the rush that fills it, until the next autoanalyze. What
    -- booking asks often it asks by key.
    IF service = 'booking' THEN
      EXECUTE format('ALTER ROLE %I SET enable_seqscan = off', role);
    END IF;
    -- Files are imported by way of temporary tables.
    IF service = 'catalogue' THEN
      EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO %I', current_database(), role);
    ELSE
      EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM %I', current_database(), role);
    END IF;

    EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I AUTHORIZATION %I', service, owner);
    -- Before there were owners the schema was the service's own. What runs goes on running until
    -- the migrations say what it may do.
    IF (SELECT nspowner FROM pg_namespace WHERE nspname = service) = role::regrole THEN
      EXECUTE format('REASSIGN OWNED BY %I TO %I', role, owner);
      EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO %I',
                     service, role);
    END IF;
    EXECUTE format('REVOKE ALL ON SCHEMA %I FROM PUBLIC', service);
    EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM %I', service, role);
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', service, role);
  END LOOP;

  -- Logical dumps: pg_dump refuses to leave out the rows that row-level security hides.
  BEGIN
    CREATE ROLE dm_backup LOGIN;
  EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
  END;
  ALTER ROLE dm_backup NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS;
  ALTER ROLE dm_backup SET default_transaction_read_only = on;
  GRANT pg_read_all_data TO dm_backup;
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO dm_backup', current_database());
END
$$;
