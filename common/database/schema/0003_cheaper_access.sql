-- The same answers for less. Each read of a protected row pays for setting up every function that
-- its policy names, whether it is called or not: what the service asks, the most by far, is decided
-- by one comparison. A CASE, as before, since the planner knows nothing of it.
CREATE OR REPLACE FUNCTION may_see(party text) RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN CASE WHEN current_setting('dm.access', true) = 'service' THEN true
              ELSE declared_access() = party END;
