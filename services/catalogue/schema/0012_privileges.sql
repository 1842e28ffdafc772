-- What the service may do, table by table: what its statements need. Reference data is marked as
-- obsolete, never dropped; steps, reports and bans are only ever added to, but for who they name.
-- Everything else is the owner's.
REVOKE ALL ON appellations, communes, companies, company_bans, company_requests, everyday_words,
  interests, job_cursors, monthly_figures, naf_codes, offer_report_reads, offer_reports,
  offer_transitions, offers, partner_offers, partner_runs, partner_sources, profession_interests,
  profession_items, profession_mobility, profession_naf_sectors, profession_sectors,
  profession_sub_sectors, profession_themes, professions, reference_sources, rome_domains,
  rome_grand_domains, rome_items, rome_naf_sectors, rome_releases, rome_skill_tree, rome_themes,
  schools, search_changes, search_counter, search_counts, sectors, sessions, sites, sub_sectors
  FROM dm_catalogue;

GRANT SELECT, INSERT, UPDATE ON appellations, communes, interests, naf_codes, profession_interests,
  profession_items, profession_mobility, profession_naf_sectors, profession_sectors,
  profession_sub_sectors, profession_themes, professions, reference_sources, rome_domains,
  rome_grand_domains, rome_items, rome_naf_sectors, rome_releases, rome_skill_tree, rome_themes,
  schools, sectors, sub_sectors TO dm_catalogue;
GRANT SELECT, INSERT, UPDATE, DELETE ON everyday_words TO dm_catalogue;

GRANT SELECT, INSERT, UPDATE ON companies, company_requests, offers, sessions, partner_offers,
  partner_runs TO dm_catalogue;
GRANT SELECT, INSERT, UPDATE, DELETE ON sites TO dm_catalogue;
GRANT SELECT, INSERT, UPDATE (runs, owner) ON partner_sources TO dm_catalogue;
GRANT SELECT, INSERT, UPDATE (person) ON offer_transitions TO dm_catalogue;
GRANT SELECT, INSERT, UPDATE (lift_time, lifted_by, banned_by) ON company_bans TO dm_catalogue;
GRANT SELECT, INSERT, UPDATE (reporter, text, resolve_time, resolved_by, outcome, note)
  ON offer_reports TO dm_catalogue;
GRANT SELECT, INSERT, UPDATE (reader) ON offer_report_reads TO dm_catalogue;

GRANT SELECT, INSERT, UPDATE ON job_cursors TO dm_catalogue;
GRANT SELECT, UPDATE ON search_counter TO dm_catalogue;
GRANT SELECT, INSERT, DELETE ON search_changes TO dm_catalogue;
GRANT SELECT, INSERT, UPDATE, DELETE ON monthly_figures, search_counts TO dm_catalogue;

-- The planner must know of a new repertoire at once, and statistics are the owner's to gather.
CREATE FUNCTION analyze_repertoire() RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = catalogue, pg_temp AS $$
BEGIN
  ANALYZE professions, appellations, profession_sectors, profession_interests, rome_items,
    profession_items, profession_mobility;
END $$;
REVOKE ALL ON FUNCTION analyze_repertoire() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION analyze_repertoire() TO dm_catalogue;
