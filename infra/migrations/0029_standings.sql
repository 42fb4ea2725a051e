-- Where each session stands in the public feeds, and where it stood: a feed is raised exactly when what it shows has
-- changed, and a session that left a feed leaves a tombstone there.

-- The département of the last postcode in a text: « 1 rue du Quai, 27500 Pont-Audemer » → 27, 97110 → 971, 20167 → 2A.
CREATE FUNCTION campaigns.departement_of(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN code ~ '^9[78]' THEN left(code, 3)
                WHEN code ~ '^20[01]' THEN '2A'
                WHEN code ~ '^20' THEN '2B'
                ELSE left(code, 2) END
    FROM substring($1 FROM '.*\m((?:0[1-9]|[1-8][0-9]|9[0-578])[0-9]{3})\M') code
$$;

CREATE TABLE campaigns.standings (
    session_id uuid PRIMARY KEY REFERENCES campaigns.sessions ON DELETE CASCADE,
    offer_id uuid NOT NULL REFERENCES campaigns.offers,
    host_id uuid,
    sector text,
    departements text[] NOT NULL,
    -- when feeds last showed it otherwise: moved, or with another name of its host, say; null: never yet
    changed_at timestamptz,
    -- of what public feeds show of it
    digest text NOT NULL
);
CREATE INDEX standings_of_offer ON campaigns.standings (offer_id);
CREATE INDEX standings_of_host ON campaigns.standings (host_id);
CREATE INDEX standings_of_sector ON campaigns.standings (sector);
CREATE INDEX standings_in_departements ON campaigns.standings USING gin (departements);

CREATE TABLE campaigns.former_standings (
    session_id uuid NOT NULL REFERENCES campaigns.standings ON DELETE CASCADE,
    offer_id uuid NOT NULL REFERENCES campaigns.offers,
    host_id uuid,
    sector text,
    departements text[] NOT NULL,
    left_at timestamptz NOT NULL
);
CREATE INDEX former_standings_of_session ON campaigns.former_standings (session_id);
CREATE INDEX former_standings_of_offer ON campaigns.former_standings (offer_id);
CREATE INDEX former_standings_by_age ON campaigns.former_standings (left_at);

ALTER TABLE campaigns.feeds DROP CONSTRAINT feeds_scope_check;
ALTER TABLE campaigns.feeds ADD CONSTRAINT feeds_scope_check
    CHECK (scope IN ('offer', 'campaign', 'organisation', 'sector', 'departement', 'everything'));
-- Everything public is in some campaign: its version is reckoned from theirs by who reads, so that no verb of one
-- campaign waits for one of another.
INSERT INTO campaigns.feeds (slug, scope, subject, version, changed_at)
VALUES ('toutes-les-seances', 'everything', '', 0, date_trunc('second', now()));

-- What is public already; an empty digest is that of nothing, so the next change raises once too often.
INSERT INTO campaigns.standings (session_id, offer_id, host_id, sector, departements, digest)
SELECT s.id, s.offer_id, s.host_id, d.sector,
       coalesce(CASE WHEN own.code IS NOT NULL THEN ARRAY[own.code] END, nullif(o.departements, '{}'), '{}'), ''
FROM campaigns.sessions s
JOIN campaigns.offers o ON o.id = s.offer_id AND o.status <> 'draft'
JOIN campaigns.days d ON d.id = s.day_id
LEFT JOIN campaigns.sites site ON site.id = s.site_id
CROSS JOIN LATERAL (
    SELECT coalesce(campaigns.departement_of(s.place), campaigns.departement_of(site.address),
                    campaigns.departement_of(o.city)) AS code
) own
WHERE s.removed_at IS NULL;
INSERT INTO campaigns.feeds (slug, scope, subject, changed_at)
SELECT DISTINCT 'departement-' || lower(code), 'departement', code, date_trunc('second', now())
FROM campaigns.standings, unnest(departements) code;

-- nothing reads it
DROP INDEX campaigns.days_by_date;
