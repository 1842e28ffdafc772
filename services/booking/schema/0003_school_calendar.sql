-- School holidays as the ministry publishes them, by zone and, where the file says so, by académie.

CREATE TABLE school_holidays (
  -- "A", "B", "C", or the name of an académie that is a zone of its own.
  zone        text    NOT NULL,
  -- Empty for what holds in the whole zone.
  academy     text    NOT NULL,
  school_year text    NOT NULL,
  -- Whose holiday it is, in the file's words; "-" for everybody's.
  population  text    NOT NULL,
  name        text    NOT NULL,
  -- Both are holidays.
  first_day   date    NOT NULL,
  last_day    date    NOT NULL,
  -- No longer in the file that spoke of its zone and year last.
  obsolete    boolean NOT NULL DEFAULT false,
  -- Some have two days of one name, apart.
  CONSTRAINT school_holidays_pkey
    PRIMARY KEY (zone, school_year, academy, population, name, first_day),
  CONSTRAINT school_holidays_ends_after_start CHECK (last_day >= first_day)
);

-- Raised by every import that changed a holiday: who keeps the calendar in memory asks for it. Its
-- row is also what lets imports follow one another.
CREATE TABLE school_calendar_version (
  only_row boolean CONSTRAINT school_calendar_version_pkey PRIMARY KEY DEFAULT true
           CONSTRAINT school_calendar_version_one CHECK (only_row),
  version  bigint  NOT NULL
);
INSERT INTO school_calendar_version (version) VALUES (0);
