-- Technical state of the gateway. Nothing in this schema is about a person: losing all of it costs
-- callers and operators nothing but a moment.

-- How much each caller has used up, shared by the replicas. Unlogged: after a crash of the server
-- everybody starts with a full allowance.
CREATE UNLOGGED TABLE rate_limits (
  -- A keyed hash of who calls; the key is not in the database.
  caller uuid NOT NULL,
  -- destinationmetier's RateClass by number.
  rate_class smallint NOT NULL,
  -- When the allowance is whole again (the theoretical arrival time of GCRA).
  full_at timestamptz NOT NULL,
  CONSTRAINT rate_limits_key PRIMARY KEY (caller, rate_class)
) WITH (fillfactor = 70);
