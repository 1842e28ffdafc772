-- What hosts ask of requests beyond the law: no more than so many in a month of Europe/Paris, only from
-- given schools or from priority areas.

ALTER TABLE sessions
  -- Over all sessions of the host; 0 for no limit.
  ADD COLUMN monthly_request_quota int NOT NULL DEFAULT 0
    CONSTRAINT sessions_monthly_request_quota CHECK (monthly_request_quota >= 0),
  ADD COLUMN reserved_schools text[] NOT NULL DEFAULT '{}',
  ADD COLUMN priority_areas_only boolean NOT NULL DEFAULT false;

-- Whether it counts among the requests of its host in the month in which it was made.
ALTER TABLE bookings ADD COLUMN counted boolean NOT NULL DEFAULT true;

ALTER TABLE applicants ADD COLUMN priority_area boolean NOT NULL DEFAULT false;

-- The requests that count for a host in a month; a row for each host that has a quota, changed in the
-- transaction of the bookings that it counts.
CREATE TABLE host_requests (
  host     text NOT NULL,
  -- Its first day.
  month    date NOT NULL,
  requests int  NOT NULL,
  -- The quota, or what was counted when the host lowered it: bars every request too many.
  most     int  NOT NULL,
  CONSTRAINT host_requests_pkey PRIMARY KEY (host, month),
  CONSTRAINT host_requests_within_quota CHECK (requests BETWEEN 0 AND most)
);
