-- Times cross the border as microseconds since the Unix epoch. Both functions are exact between
-- the years 1900 and 2200, and IMMUTABLE: neither looks at the session's time zone (which is why
-- they avoid timestamptz + interval and extract(epoch FROM timestamptz), which PostgreSQL has to
-- call STABLE).
CREATE FUNCTION dm_time(micros bigint) RETURNS timestamptz
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN to_timestamp(micros::float8 / 1000000::float8);

CREATE FUNCTION dm_micros(instant timestamptz) RETURNS bigint
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN (extract(epoch FROM instant - timestamptz '1970-01-01 00:00:00+00') * 1000000)::bigint;
