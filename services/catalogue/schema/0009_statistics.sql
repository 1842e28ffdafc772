-- No personal data: folded words of searches, a day and a number. What was not searched for often
-- enough to be shown goes when its day is over: see services/catalogue/domain/counted_words.h.
CREATE TABLE search_counts (
  -- In Europe/Paris.
  day date NOT NULL,
  -- 1 professions, 2 offers, 3 companies.
  kind smallint NOT NULL,
  words text COLLATE "C" NOT NULL,
  searches integer NOT NULL,
  empty integer NOT NULL,
  CONSTRAINT search_counts_key PRIMARY KEY (day, kind, words),
  CONSTRAINT search_counts_kind_known CHECK (kind BETWEEN 1 AND 3),
  CONSTRAINT search_counts_words_length CHECK (char_length(words) <= 80),
  CONSTRAINT search_counts_count CHECK (searches >= empty AND empty >= 0)
);

-- What the sessions of an offer that start in a month come to. A row is an offer's, because an offer
-- or a company that stands in several rows of an answer's sum counts once there.
CREATE TABLE monthly_figures (
  -- The first day of the month in Europe/Paris.
  month date NOT NULL,
  offer_id uuid NOT NULL,
  siret text NOT NULL,
  department text NOT NULL,
  rome_code text NOT NULL,
  sectors text[] NOT NULL,
  sessions integer NOT NULL,
  seats bigint NOT NULL,
  held bigint NOT NULL,
  CONSTRAINT monthly_figures_key PRIMARY KEY (month, offer_id),
  CONSTRAINT monthly_figures_held_counts CHECK (held BETWEEN 0 AND seats)
);
CREATE INDEX monthly_figures_of_department ON monthly_figures (department, month);

-- The figures of some months and départements (NULL for all) under the keys that they are counted
-- by; a key that nothing is counted by is empty. An offer of several sectors stands under each.
CREATE FUNCTION figures(first_month date, last_month date, departments text[],
                        by_department boolean, by_sector boolean, by_profession boolean,
                        by_month boolean)
  RETURNS TABLE (department text, sector text, profession text, month text, starts_in date,
                 offer_id uuid, siret text, sessions integer, seats bigint, held bigint)
  LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN by_department THEN f.department ELSE '' END, s.code,
         CASE WHEN by_profession THEN f.rome_code ELSE '' END,
         CASE WHEN by_month THEN to_char(f.month, 'YYYY-MM') ELSE '' END,
         f.month, f.offer_id, f.siret, f.sessions, f.seats, f.held
  FROM monthly_figures f
  CROSS JOIN LATERAL unnest(CASE WHEN by_sector AND f.sectors <> '{}' THEN f.sectors
                                 ELSE '{""}' END) AS s (code)
  WHERE f.month BETWEEN first_month AND last_month
    AND (departments IS NULL OR f.department = ANY (departments))
$$;
