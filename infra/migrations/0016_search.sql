-- Finding: words that forgive accents, words nearest to what was typed, where an offer is, and how one comes.
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- « Énergie (nucléaire) » → « energie nucleaire »
CREATE FUNCTION campaigns.plain_words(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT btrim(regexp_replace(lower(public.unaccent('public.unaccent'::regdictionary, $1)), '[^[:alnum:]]+', ' ', 'g'))
$$;

-- the great circle, in km
CREATE FUNCTION campaigns.kilometres(
    latitude double precision, longitude double precision, other_latitude double precision, other_longitude double precision
) RETURNS double precision LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT 2 * 6371 * asin(least(1, sqrt(
        sin(radians(other_latitude - latitude) / 2) ^ 2
        + cos(radians(latitude)) * cos(radians(other_latitude)) * sin(radians(other_longitude - longitude) / 2) ^ 2)))
$$;

-- Whether words on how to come name a way without a car; « pas de bus » does not.
CREATE FUNCTION campaigns.names_a_way_without_car(text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT said ~ '\m(train|ter|gare|bus|autocar|autocars|navette|metro|tram|tramway|a pied|en car|car prevu|car scolaire)\M'
       AND said !~ '\m(pas de|aucun|aucune|sans|ni|plus de) (train|ter|gare|bus|autocar|navette|metro|tram|tramway|car)\M'
    FROM campaigns.plain_words($1) said
$$;

-- What is searched of an offer that is no draft; written by triggers alone.
CREATE TABLE campaigns.offer_search (
    offer_id uuid PRIMARY KEY REFERENCES campaigns.offers ON DELETE CASCADE,
    document tsvector NOT NULL,
    -- the mean of its sites, where they are known
    latitude double precision,
    longitude double precision,
    -- each of its days says how to come without a car, or is online
    without_car boolean NOT NULL DEFAULT false
);
CREATE INDEX offers_by_words ON campaigns.offer_search USING gin (document);

-- Every word that was ever written in an offer, for what is typed wrongly. Not unique: nobody waits for another who
-- writes the same word, and twice the same does no harm.
CREATE TABLE campaigns.search_words (word text NOT NULL);
CREATE INDEX search_words_by_word ON campaigns.search_words (word text_pattern_ops);
CREATE INDEX search_words_by_trigrams ON campaigns.search_words USING gin (word public.gin_trgm_ops);

CREATE INDEX days_by_sector ON campaigns.days (sector);
CREATE INDEX days_by_date ON campaigns.days (date);

CREATE FUNCTION campaigns.index_offer(id_of_offer uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    names text; topics text; people text; more text;
BEGIN
    SELECT campaigns.plain_words(o.title || ' ' || o.city),
           campaigns.plain_words(concat_ws(' ',
               CASE o.kind WHEN 'collective_week' THEN 'semaine collective' WHEN 'hosting' THEN 'accueil'
                           WHEN 'workshop' THEN 'atelier' ELSE 'matinée d’information' END,
               (SELECT string_agg(DISTINCT concat_ws(' ', s.label, l.label), ' ')
                FROM campaigns.days d JOIN campaigns.sectors s ON s.code = d.sector
                LEFT JOIN campaigns.campaign_sectors l ON l.sector = s.code AND l.campaign_id = o.campaign_id
                WHERE d.offer_id = o.id))),
           campaigns.plain_words(concat_ws(' ', g.name, c.title,
               (SELECT string_agg(DISTINCT h.name, ' ')
                FROM campaigns.sessions s JOIN campaigns.organisations h ON h.id = s.host_id
                WHERE s.offer_id = o.id AND s.status = 'planned'))),
           campaigns.plain_words(concat_ws(' ', o.summary,
               (SELECT string_agg(DISTINCT concat_ws(' ', s.title, s.place), ' ')
                FROM campaigns.sessions s WHERE s.offer_id = o.id AND s.status = 'planned')))
    INTO names, topics, people, more
    FROM campaigns.offers o
    JOIN campaigns.organisations g ON g.id = o.organisation_id
    JOIN campaigns.campaigns c ON c.id = o.campaign_id
    WHERE o.id = id_of_offer AND o.status <> 'draft';
    IF NOT FOUND THEN
        RETURN;
    END IF;
    INSERT INTO campaigns.offer_search (offer_id, document, latitude, longitude, without_car)
    SELECT id_of_offer,
           setweight(to_tsvector('pg_catalog.french', names), 'A')
           || setweight(to_tsvector('pg_catalog.french', topics), 'B')
           || setweight(to_tsvector('pg_catalog.french', people), 'C')
           || setweight(to_tsvector('pg_catalog.french', more), 'D'),
           (SELECT avg(p.latitude) FROM campaigns.sessions s JOIN campaigns.sites p ON p.id = s.site_id
            WHERE s.offer_id = id_of_offer AND s.status = 'planned'),
           (SELECT avg(p.longitude) FROM campaigns.sessions s JOIN campaigns.sites p ON p.id = s.site_id
            WHERE s.offer_id = id_of_offer AND s.status = 'planned'),
           coalesce((SELECT bool_and(day.without_car) FROM (
                SELECT bool_or((s.online_url IS NOT NULL AND s.place = '')
                               OR campaigns.names_a_way_without_car(s.access)
                               OR campaigns.names_a_way_without_car(s.meeting_point)) AS without_car
                FROM campaigns.sessions s
                WHERE s.offer_id = id_of_offer AND s.status = 'planned' GROUP BY s.day_id) day), false)
    ON CONFLICT (offer_id) DO UPDATE
        SET document = excluded.document, latitude = excluded.latitude, longitude = excluded.longitude,
            without_car = excluded.without_car;
    INSERT INTO campaigns.search_words (word)
    SELECT word FROM (
        SELECT DISTINCT unnest(string_to_array(concat_ws(' ', names, topics, people, more), ' ')) AS word) written
    WHERE length(word) BETWEEN 3 AND 40 AND word !~ '[0-9]'
      AND to_tsvector('pg_catalog.french', word) <> ''
      AND NOT EXISTS (SELECT FROM campaigns.search_words known WHERE known.word = written.word);
END
$$;

-- Every verb that changes a programme ends with a new version of it: days, sessions and hosts need no trigger.
CREATE FUNCTION campaigns.index_changed_offer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM campaigns.index_offer(NEW.id);
    RETURN NULL;
END
$$;
CREATE TRIGGER offers_searched
    AFTER INSERT OR UPDATE OF title, summary, city, kind, campaign_id, organisation_id, status, programme_version
    ON campaigns.offers FOR EACH ROW WHEN (NEW.status <> 'draft') EXECUTE FUNCTION campaigns.index_changed_offer();

CREATE FUNCTION campaigns.index_offers_of_organisation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM campaigns.index_offer(o.id) FROM (
        SELECT id FROM campaigns.offers WHERE organisation_id = NEW.id
        UNION SELECT offer_id FROM campaigns.sessions WHERE host_id = NEW.id ORDER BY id) o;
    RETURN NULL;
END
$$;
CREATE TRIGGER organisations_searched AFTER UPDATE OF name ON campaigns.organisations
    FOR EACH ROW WHEN (NEW.name <> OLD.name) EXECUTE FUNCTION campaigns.index_offers_of_organisation();

CREATE FUNCTION campaigns.index_offers_of_campaign() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM campaigns.index_offer(o.id) FROM (
        SELECT id FROM campaigns.offers WHERE campaign_id = NEW.id ORDER BY id) o;
    RETURN NULL;
END
$$;
CREATE TRIGGER campaigns_searched AFTER UPDATE OF title ON campaigns.campaigns
    FOR EACH ROW WHEN (NEW.title <> OLD.title) EXECUTE FUNCTION campaigns.index_offers_of_campaign();

CREATE FUNCTION campaigns.index_offers_of_campaign_sector() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM campaigns.index_offer(o.id) FROM (
        SELECT id FROM campaigns.offers WHERE campaign_id = NEW.campaign_id ORDER BY id) o;
    RETURN NULL;
END
$$;
CREATE TRIGGER campaign_sectors_searched AFTER INSERT OR UPDATE OF label ON campaigns.campaign_sectors
    FOR EACH ROW WHEN (NEW.label <> '') EXECUTE FUNCTION campaigns.index_offers_of_campaign_sector();

SELECT campaigns.index_offer(id) FROM campaigns.offers WHERE status <> 'draft' ORDER BY id;
