-- No personal data: folded words of searches, a day and a number.
CREATE TABLE search_counts (
  day date NOT NULL,
  -- 1 professions, 2 offers, 3 companies.
  kind smallint NOT NULL,
  words text NOT NULL,
  searches integer NOT NULL,
  empty integer NOT NULL,
  CONSTRAINT search_counts_key PRIMARY KEY (day, kind, words),
  CONSTRAINT search_counts_words_length CHECK (char_length(words) <= 80),
  CONSTRAINT search_counts_count CHECK (searches >= empty AND empty >= 0)
);
CREATE TABLE monthly_figures (
  month date NOT NULL,
  department text NOT NULL,
  rome_code text NOT NULL,
  offers integer NOT NULL,
  companies integer NOT NULL,
  sessions integer NOT NULL,
  seats bigint NOT NULL,
  held bigint NOT NULL,
  CONSTRAINT monthly_figures_key PRIMARY KEY (month, department, rome_code)
);
