-- Searches are answered from memory: what PostgreSQL searched with is kept up for nobody.
DROP INDEX offers_around;
DROP INDEX offers_by_sector;
DROP TABLE job_words;
ALTER TABLE appellations DROP COLUMN document;
ALTER TABLE companies DROP COLUMN document;

-- As before without the document of the words.
CREATE OR REPLACE FUNCTION refresh_offer_search(sirets text[], rome_codes text[], offer_ids uuid[])
  RETURNS bigint
  LANGUAGE sql AS $$
  WITH fresh AS (
    SELECT o.id, m.department, m.latitude, m.longitude,
           ARRAY(SELECT DISTINCT s FROM unnest(c.sectors || p.sectors) s ORDER BY s) AS sectors
    FROM offers o
    JOIN companies c USING (siret)
    LEFT JOIN professions p USING (rome_code)
    LEFT JOIN sites x ON (x.siret, x.key) = (o.siret, o.site_key)
    JOIN communes m ON m.code = coalesce(x.commune_code, c.commune_code)
    WHERE o.siret = ANY (sirets) OR o.rome_code = ANY (rome_codes) OR o.id = ANY (offer_ids)
  ), changed AS (
    UPDATE offers o
    SET department = f.department, latitude = f.latitude, longitude = f.longitude,
        sectors = f.sectors
    FROM fresh f
    WHERE o.id = f.id
      AND (o.department, o.latitude, o.longitude, o.sectors)
          IS DISTINCT FROM (f.department, f.latitude, f.longitude, f.sectors)
    RETURNING 1
  )
  SELECT count(*) FROM changed
$$;
ALTER TABLE offers DROP COLUMN document;
ALTER TABLE professions
  DROP COLUMN title_document,
  DROP COLUMN document,
  DROP COLUMN whole_document;
