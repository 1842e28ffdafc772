-- What the service may do, table by table: what its statements need. Everything else is the owner's.
REVOKE ALL ON ambassadors, sessions, profile_reads FROM dm_ambassador;
GRANT SELECT, INSERT, UPDATE ON ambassadors, sessions TO dm_ambassador;
-- Who took what: only ever added to, until reader or ambassador are forgotten.
GRANT SELECT, INSERT, UPDATE (reader), DELETE ON profile_reads TO dm_ambassador;
