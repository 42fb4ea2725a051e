-- The sum of infra/migrations, written by `make schema`. A test compares; do not edit.

CREATE SCHEMA campaigns;

CREATE SCHEMA contract;

CREATE SCHEMA notifications;

CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;

COMMENT ON EXTENSION btree_gist IS 'support for indexing common datatypes in GiST';

CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;

COMMENT ON EXTENSION pg_trgm IS 'text similarity measurement and index searching based on trigrams';

CREATE EXTENSION IF NOT EXISTS unaccent WITH SCHEMA public;

COMMENT ON EXTENSION unaccent IS 'text search dictionary that removes accents';

CREATE TYPE campaigns.group_span AS RANGE (
    subtype = uuid,
    multirange_type_name = campaigns.group_span_multirange
);

CREATE FUNCTION campaigns.departement_of(text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $_$
    SELECT CASE WHEN code ~ '^9[78]' THEN left(code, 3)
                WHEN code ~ '^20[01]' THEN '2A'
                WHEN code ~ '^20' THEN '2B'
                ELSE left(code, 2) END
    FROM substring($1 FROM '.*\m((?:0[1-9]|[1-8][0-9]|9[0-578])[0-9]{3})\M') code
$_$;

CREATE FUNCTION campaigns.index_changed_offer() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM campaigns.index_offer(NEW.id);
    RETURN NULL;
END
$$;

CREATE FUNCTION campaigns.index_offer(id_of_offer uuid) RETURNS void
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION campaigns.index_offers_of_campaign() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM campaigns.index_offer(o.id) FROM (
        SELECT id FROM campaigns.offers WHERE campaign_id = NEW.id ORDER BY id) o;
    RETURN NULL;
END
$$;

CREATE FUNCTION campaigns.index_offers_of_campaign_sector() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM campaigns.index_offer(o.id) FROM (
        SELECT id FROM campaigns.offers WHERE campaign_id = NEW.campaign_id ORDER BY id) o;
    RETURN NULL;
END
$$;

CREATE FUNCTION campaigns.index_offers_of_organisation() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM campaigns.index_offer(o.id) FROM (
        SELECT id FROM campaigns.offers WHERE organisation_id = NEW.id
        UNION SELECT offer_id FROM campaigns.sessions WHERE host_id = NEW.id ORDER BY id) o;
    RETURN NULL;
END
$$;

CREATE FUNCTION campaigns.names_a_way_without_car(text) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $_$
    SELECT said ~ '\m(train|ter|gare|bus|autocar|autocars|navette|metro|tram|tramway|a pied|en car|car prevu|car scolaire)\M'
       AND said !~ '\m(pas de|aucun|aucune|sans|ni|plus de) (train|ter|gare|bus|autocar|navette|metro|tram|tramway|car)\M'
    FROM campaigns.plain_words($1) said
$_$;

CREATE FUNCTION campaigns.plain_words(text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $_$
    SELECT btrim(regexp_replace(lower(public.unaccent('public.unaccent'::regdictionary, $1)), '[^[:alnum:]]+', ' ', 'g'))
$_$;

CREATE FUNCTION campaigns.raise_version() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    NEW.version := OLD.version + 1;
    RETURN NEW;
END
$$;

CREATE FUNCTION campaigns.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed', tg_table_name USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TABLE campaigns.accounts (
    person_id uuid NOT NULL,
    email text NOT NULL,
    oidc_subject text,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT accounts_email_check CHECK ((email = lower(email)))
);

CREATE TABLE campaigns.agreements (
    campaign_id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    agreed_at timestamp with time zone,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    asked_version integer DEFAULT 1 NOT NULL,
    agreed_version integer DEFAULT 0 NOT NULL,
    asked_at timestamp with time zone,
    declined_at timestamp with time zone,
    reminded_at timestamp with time zone,
    left_at timestamp with time zone,
    word text DEFAULT ''::text NOT NULL,
    answered_at timestamp with time zone
);

CREATE TABLE campaigns.announced (
    campaign_id uuid NOT NULL,
    mark bytea NOT NULL,
    person_id uuid NOT NULL,
    announcement_id uuid NOT NULL,
    batch integer NOT NULL,
    event_id uuid NOT NULL
);

CREATE TABLE campaigns.announced_absences (
    registration_id uuid NOT NULL,
    day date NOT NULL,
    announced_at timestamp with time zone NOT NULL,
    session_id uuid,
    recipients uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    lifted_at timestamp with time zone
);

CREATE TABLE campaigns.announcements (
    id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    kilometres smallint NOT NULL,
    departement text DEFAULT ''::text NOT NULL,
    roles text[] NOT NULL,
    word text DEFAULT ''::text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    batches integer DEFAULT 0 NOT NULL,
    next_at timestamp with time zone,
    stopped_at timestamp with time zone,
    stopped_why text DEFAULT ''::text NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT announcements_kilometres_check CHECK (((kilometres >= 1) AND (kilometres <= 500))),
    CONSTRAINT announcements_roles_check CHECK (((roles <@ ARRAY['head'::text, 'referent'::text]) AND (cardinality(roles) > 0))),
    CONSTRAINT announcements_stopped_why_check CHECK ((stopped_why = ANY (ARRAY[''::text, 'asked'::text, 'refusals'::text, 'campaign'::text])))
);

CREATE TABLE campaigns.api_tokens (
    id uuid NOT NULL,
    secret_hash bytea NOT NULL,
    organisation_id uuid NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    created_by uuid,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone,
    revoked_at timestamp with time zone,
    CONSTRAINT api_tokens_role_check CHECK ((role = ANY (ARRAY['planner'::text, 'host'::text, 'teacher'::text, 'viewer'::text])))
);

CREATE UNLOGGED TABLE campaigns.asked_lately (
    class text NOT NULL,
    client bytea NOT NULL,
    full_at timestamp with time zone NOT NULL
)
WITH (fillfactor='70');

CREATE TABLE campaigns.attendance (
    session_id uuid NOT NULL,
    registration_id uuid NOT NULL,
    state text NOT NULL,
    noted_by uuid,
    noted_at timestamp with time zone NOT NULL,
    CONSTRAINT attendance_state_check CHECK ((state = ANY (ARRAY['present'::text, 'absent'::text, 'late'::text, 'excused'::text])))
);

CREATE TABLE campaigns.audit (
    id uuid NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    action text NOT NULL,
    detail text DEFAULT ''::text NOT NULL,
    person_id uuid,
    api_token_id uuid,
    organisation_id uuid,
    campaign_id uuid,
    offer_id uuid
);

CREATE TABLE campaigns.calendar_answers (
    registration_id uuid NOT NULL,
    day date,
    answer text NOT NULL,
    sequence integer NOT NULL,
    stamp timestamp with time zone NOT NULL,
    noted_at timestamp with time zone NOT NULL,
    CONSTRAINT calendar_answers_answer_check CHECK ((answer = ANY (ARRAY['accepted'::text, 'declined'::text, 'tentative'::text])))
);

CREATE TABLE campaigns.calendar_states (
    person_id uuid NOT NULL,
    whose text NOT NULL,
    version text NOT NULL,
    changed_at timestamp with time zone NOT NULL
);

CREATE TABLE campaigns.campaign_proposals (
    campaign_id uuid NOT NULL,
    version integer NOT NULL,
    title text NOT NULL,
    presentation text NOT NULL,
    period daterange NOT NULL,
    departements text[] NOT NULL,
    sectors jsonb NOT NULL,
    changes text[] DEFAULT '{}'::text[] NOT NULL,
    proposed_at timestamp with time zone NOT NULL
);

CREATE TABLE campaigns.campaign_sectors (
    campaign_id uuid NOT NULL,
    sector text NOT NULL,
    label text DEFAULT ''::text NOT NULL
);

CREATE TABLE campaigns.campaigns (
    id uuid NOT NULL,
    slug text NOT NULL,
    title text NOT NULL,
    presentation text DEFAULT ''::text NOT NULL,
    period daterange NOT NULL,
    departements text[] DEFAULT '{}'::text[] NOT NULL,
    lead_id uuid,
    agreed_version integer DEFAULT 1 NOT NULL,
    cancelled_at timestamp with time zone,
    keep_months smallint DEFAULT 13 NOT NULL,
    announced_at timestamp with time zone,
    CONSTRAINT campaigns_keep_months_check CHECK (((keep_months >= 1) AND (keep_months <= 24)))
);

CREATE TABLE campaigns.consents (
    id uuid NOT NULL,
    registration_id uuid NOT NULL,
    guardian_id uuid NOT NULL,
    answer text NOT NULL,
    text_version smallint NOT NULL,
    answered_at timestamp with time zone NOT NULL,
    CONSTRAINT consents_answer_check CHECK ((answer = ANY (ARRAY['given'::text, 'refused'::text, 'withdrawn'::text])))
);

CREATE TABLE campaigns.contacts (
    organisation_id uuid NOT NULL,
    person_id uuid NOT NULL,
    phone text DEFAULT ''::text NOT NULL
);

CREATE TABLE campaigns.correspondents (
    person_id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    school_uai text NOT NULL,
    role text NOT NULL,
    mark bytea,
    source text NOT NULL,
    listed_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    kept_until date NOT NULL,
    CONSTRAINT correspondents_role_check CHECK ((role = ANY (ARRAY['head'::text, 'referent'::text]))),
    CONSTRAINT correspondents_school_uai_check CHECK ((school_uai ~ '^[0-9]{7}[A-Z]$'::text))
);

CREATE TABLE campaigns.correspondents_declined (
    organisation_id uuid NOT NULL,
    mark bytea NOT NULL,
    since timestamp with time zone NOT NULL
);

CREATE TABLE campaigns.days (
    id uuid NOT NULL,
    offer_id uuid NOT NULL,
    date date NOT NULL,
    instance_on date NOT NULL,
    sector text,
    emergency_phone text DEFAULT ''::text NOT NULL,
    version integer DEFAULT 1 NOT NULL
);

CREATE TABLE campaigns.devices (
    id uuid NOT NULL,
    secret_hash bytea NOT NULL,
    person_id uuid NOT NULL,
    organisation_id uuid,
    agent text DEFAULT ''::text NOT NULL,
    signed_in_at timestamp with time zone NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone
);

CREATE TABLE campaigns.digest_choices (
    person_id uuid NOT NULL,
    what text NOT NULL,
    rhythm text NOT NULL,
    at time without time zone NOT NULL,
    CONSTRAINT digest_choices_rhythm_check CHECK ((rhythm = ANY (ARRAY['off'::text, 'daily'::text, 'weekly'::text]))),
    CONSTRAINT digest_choices_what_check CHECK ((what = ANY (ARRAY['planning'::text, 'teaching'::text])))
);

CREATE TABLE campaigns.digests (
    member_id uuid NOT NULL,
    what text NOT NULL,
    made_for date NOT NULL,
    made_at timestamp with time zone NOT NULL,
    said text DEFAULT ''::text NOT NULL,
    CONSTRAINT digests_what_check CHECK ((what = ANY (ARRAY['planning'::text, 'teaching'::text])))
);

CREATE TABLE campaigns.distinct_pupils (
    registration_id uuid NOT NULL,
    other_id uuid NOT NULL,
    CONSTRAINT a_pair_is_written_once CHECK ((registration_id < other_id))
);

CREATE TABLE campaigns.entry_answers (
    entry_id uuid NOT NULL,
    person_id uuid NOT NULL,
    answer text NOT NULL,
    sequence integer NOT NULL,
    stamp timestamp with time zone NOT NULL,
    noted_at timestamp with time zone NOT NULL,
    CONSTRAINT entry_answers_answer_check CHECK ((answer = ANY (ARRAY['accepted'::text, 'declined'::text, 'tentative'::text])))
);

CREATE TABLE campaigns.erasures (
    pupil_id uuid NOT NULL,
    why text NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    erased_at timestamp with time zone,
    CONSTRAINT erasures_why_check CHECK ((why = ANY (ARRAY['asked'::text, 'kept_long_enough'::text])))
);

CREATE TABLE campaigns.feeds (
    slug text NOT NULL,
    scope text NOT NULL,
    subject text NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT feeds_scope_check CHECK ((scope = ANY (ARRAY['offer'::text, 'campaign'::text, 'organisation'::text, 'sector'::text, 'departement'::text, 'everything'::text])))
);

CREATE TABLE campaigns.follow_up_slots (
    id uuid NOT NULL,
    offer_id uuid NOT NULL,
    person_id uuid NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    during tstzrange GENERATED ALWAYS AS (tstzrange(starts_at, ends_at)) STORED NOT NULL,
    place text DEFAULT ''::text NOT NULL,
    online_url text,
    registration_id uuid,
    booked_at timestamp with time zone,
    sequence integer DEFAULT 0 NOT NULL,
    status text DEFAULT 'planned'::text NOT NULL,
    session_id uuid,
    pupil_id uuid,
    CONSTRAINT booked_by_a_registration_of_a_pupil CHECK (((registration_id IS NULL) = (pupil_id IS NULL))),
    CONSTRAINT follow_up_slots_status_check CHECK ((status = ANY (ARRAY['planned'::text, 'cancelled'::text]))),
    CONSTRAINT slot_ends_after_its_start CHECK ((starts_at < ends_at))
);

CREATE TABLE campaigns.former_standings (
    session_id uuid NOT NULL,
    offer_id uuid NOT NULL,
    host_id uuid,
    sector text,
    departements text[] NOT NULL,
    left_at timestamp with time zone NOT NULL
);

CREATE TABLE campaigns.groups (
    id uuid NOT NULL,
    offer_id uuid NOT NULL,
    name text NOT NULL,
    version integer DEFAULT 1 NOT NULL
);

CREATE TABLE campaigns.host_requests (
    id uuid NOT NULL,
    session_id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    person_id uuid NOT NULL,
    status text DEFAULT 'awaited'::text NOT NULL,
    word text DEFAULT ''::text NOT NULL,
    proposed_starts_at timestamp with time zone,
    proposed_ends_at timestamp with time zone,
    asked_by uuid,
    asked_at timestamp with time zone NOT NULL,
    answer_by timestamp with time zone NOT NULL,
    answered_at timestamp with time zone,
    reminded_at timestamp with time zone,
    token_version smallint DEFAULT 1 NOT NULL,
    told_of_day date,
    sequence integer DEFAULT 0 NOT NULL,
    in_calendar boolean DEFAULT false NOT NULL,
    changed_since jsonb,
    CONSTRAINT host_requests_status_check CHECK ((status = ANY (ARRAY['awaited'::text, 'confirmed'::text, 'proposed'::text, 'declined'::text, 'withdrawn'::text, 'replaced'::text]))),
    CONSTRAINT proposed_times_come_together CHECK ((((proposed_starts_at IS NULL) = (proposed_ends_at IS NULL)) AND ((proposed_starts_at IS NULL) OR (proposed_starts_at < proposed_ends_at))))
);

CREATE TABLE campaigns.host_spaces (
    holder_id uuid NOT NULL,
    version integer NOT NULL,
    renewed_at timestamp with time zone NOT NULL,
    CONSTRAINT host_spaces_version_check CHECK (((version >= 1) AND (version <= 65535)))
);

CREATE TABLE campaigns.idempotency_keys (
    actor uuid NOT NULL,
    route text NOT NULL,
    key text NOT NULL,
    body_hash bytea NOT NULL,
    status smallint,
    answer text,
    created_at timestamp with time zone NOT NULL
);

CREATE TABLE campaigns.member_invitations (
    id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    person_id uuid NOT NULL,
    email text NOT NULL,
    role text NOT NULL,
    invited_by uuid,
    invited_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    accepted_at timestamp with time zone,
    revoked_at timestamp with time zone,
    CONSTRAINT member_invitations_email_check CHECK ((email = lower(email))),
    CONSTRAINT member_invitations_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'planner'::text, 'host'::text, 'teacher'::text, 'viewer'::text])))
);

CREATE TABLE campaigns.members (
    id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    person_id uuid NOT NULL,
    role text NOT NULL,
    joined_at timestamp with time zone NOT NULL,
    CONSTRAINT members_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'planner'::text, 'host'::text, 'teacher'::text, 'viewer'::text])))
);

CREATE TABLE campaigns.offers (
    id uuid NOT NULL,
    slug text NOT NULL,
    campaign_id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    series_id uuid,
    kind text NOT NULL,
    audience text DEFAULT 'pupils'::text NOT NULL,
    title text NOT NULL,
    summary text DEFAULT ''::text NOT NULL,
    city text DEFAULT ''::text NOT NULL,
    contact text DEFAULT ''::text NOT NULL,
    status text DEFAULT 'draft'::text NOT NULL,
    opens_at timestamp with time zone,
    closes_at timestamp with time zone,
    seats integer NOT NULL,
    taken integer DEFAULT 0 NOT NULL,
    waiting integer DEFAULT 0 NOT NULL,
    next_rank bigint DEFAULT 1 NOT NULL,
    revision integer DEFAULT 0 NOT NULL,
    series_starts_at timestamp with time zone,
    series_ends_at timestamp with time zone,
    programme_version integer DEFAULT 0 NOT NULL,
    programme_changed_at timestamp with time zone,
    busy tstzmultirange DEFAULT '{}'::tstzmultirange NOT NULL,
    cancelled_at timestamp with time zone,
    grades text[] DEFAULT '{}'::text[] NOT NULL,
    departements text[] DEFAULT '{}'::text[] NOT NULL,
    school_uais text[] DEFAULT '{}'::text[] NOT NULL,
    required boolean DEFAULT false NOT NULL,
    closed_at timestamp with time zone,
    edition integer DEFAULT 1 NOT NULL,
    names_shared_at timestamp with time zone,
    kept integer,
    proof_of_address boolean DEFAULT false NOT NULL,
    CONSTRAINT never_more_taken_than_seats CHECK (((taken >= 0) AND (taken <= seats))),
    CONSTRAINT offers_audience_check CHECK ((audience = ANY (ARRAY['pupils'::text, 'schools'::text]))),
    CONSTRAINT offers_grades_check CHECK ((grades <@ '{quatrieme,troisieme,seconde,premiere,terminale}'::text[])),
    CONSTRAINT offers_kept_check CHECK ((kept >= 0)),
    CONSTRAINT offers_kind_check CHECK ((kind = ANY (ARRAY['collective_week'::text, 'hosting'::text, 'workshop'::text, 'information_morning'::text]))),
    CONSTRAINT offers_seats_check CHECK ((seats >= 0)),
    CONSTRAINT offers_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'published'::text, 'closed'::text, 'over'::text, 'cancelled'::text]))),
    CONSTRAINT offers_waiting_check CHECK ((waiting >= 0))
);

CREATE TABLE campaigns.referent_teachers (
    pupil_id uuid NOT NULL,
    teacher_id uuid NOT NULL,
    registration_id uuid NOT NULL,
    status text DEFAULT 'asked'::text NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    told_at timestamp with time zone,
    answered_at timestamp with time zone,
    CONSTRAINT an_answer_has_a_time CHECK (((status = 'asked'::text) = (answered_at IS NULL))),
    CONSTRAINT referent_teachers_status_check CHECK ((status = ANY (ARRAY['asked'::text, 'confirmed'::text, 'corrected'::text, 'unknown'::text])))
);

CREATE TABLE campaigns.registrations (
    id uuid NOT NULL,
    offer_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    guardian_id uuid,
    group_id uuid,
    status text NOT NULL,
    rank bigint NOT NULL,
    held_for text,
    deadline timestamp with time zone,
    token_version smallint DEFAULT 1 NOT NULL,
    idempotency_key text NOT NULL,
    body_hash bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    link_requested_at timestamp with time zone,
    convention_signed_on date,
    enrolled_by uuid,
    without_host boolean DEFAULT false NOT NULL,
    enrolled_for uuid,
    under_15 boolean DEFAULT false NOT NULL,
    consented_at timestamp with time zone,
    consent_remind_at timestamp with time zone,
    fresh_link_at timestamp with time zone,
    programme_joined integer,
    link_by_mail boolean DEFAULT false NOT NULL,
    guardian_version smallint DEFAULT 1 NOT NULL,
    consent_link_at timestamp with time zone,
    guardian_fresh_link_at timestamp with time zone,
    seat_remind_at timestamp with time zone,
    CONSTRAINT a_hold_has_a_reason_and_a_deadline CHECK (((status = 'held'::text) = ((held_for IS NOT NULL) AND (deadline IS NOT NULL)))),
    CONSTRAINT no_seat_under_15_without_consent CHECK (((NOT under_15) OR (consented_at IS NOT NULL) OR (status <> 'confirmed'::text))),
    CONSTRAINT registrations_held_for_check CHECK ((held_for = ANY (ARRAY['promotion'::text, 'address'::text, 'consent'::text]))),
    CONSTRAINT registrations_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'held'::text, 'confirmed'::text, 'withdrawn'::text, 'refused'::text, 'expired'::text, 'cancelled'::text])))
);

CREATE TABLE campaigns.sessions (
    id uuid NOT NULL,
    offer_id uuid NOT NULL,
    day_id uuid NOT NULL,
    group_id uuid,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    during tstzrange GENERATED ALWAYS AS (tstzrange(starts_at, ends_at)) STORED NOT NULL,
    title text NOT NULL,
    kind text NOT NULL,
    host_id uuid,
    site_id uuid,
    place text DEFAULT ''::text NOT NULL,
    room text,
    contact text DEFAULT ''::text NOT NULL,
    meeting_point text DEFAULT ''::text NOT NULL,
    access text DEFAULT ''::text NOT NULL,
    bring text DEFAULT ''::text NOT NULL,
    online_url text,
    status text DEFAULT 'planned'::text NOT NULL,
    sequence integer DEFAULT 0 NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    cancelled_at timestamp with time zone,
    removed_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    expected text DEFAULT ''::text NOT NULL,
    for_groups campaigns.group_span GENERATED ALWAYS AS (
CASE
    WHEN (group_id IS NULL) THEN campaigns.group_span(NULL::uuid, NULL::uuid, '()'::text)
    ELSE campaigns.group_span(group_id, group_id, '[]'::text)
END) STORED NOT NULL,
    CONSTRAINT session_ends_after_its_start CHECK ((starts_at < ends_at)),
    CONSTRAINT sessions_kind_check CHECK ((kind = ANY (ARRAY['welcome'::text, 'visit'::text, 'workshop'::text, 'testimony'::text, 'debrief'::text, 'meal'::text]))),
    CONSTRAINT sessions_status_check CHECK ((status = ANY (ARRAY['planned'::text, 'cancelled'::text])))
);

CREATE TABLE campaigns.speakers (
    id uuid NOT NULL,
    name text NOT NULL,
    trade text DEFAULT ''::text NOT NULL,
    person_id uuid,
    employer text DEFAULT ''::text NOT NULL,
    sector text,
    organisation_id uuid,
    contact_again_at timestamp with time zone,
    removed_at timestamp with time zone
);

CREATE VIEW campaigns.known_people AS
 SELECT o.organisation_id,
    r.pupil_id AS person_id,
    'pupil'::text AS role,
    r.pupil_id
   FROM (campaigns.registrations r
     JOIN campaigns.offers o ON ((o.id = r.offer_id)))
UNION ALL
 SELECT o.organisation_id,
    r.guardian_id AS person_id,
    'guardian'::text AS role,
    r.pupil_id
   FROM (campaigns.registrations r
     JOIN campaigns.offers o ON ((o.id = r.offer_id)))
  WHERE (r.guardian_id IS NOT NULL)
UNION ALL
 SELECT o.organisation_id,
    q.person_id,
    'host'::text AS role,
    NULL::uuid AS pupil_id
   FROM ((campaigns.host_requests q
     JOIN campaigns.sessions s ON ((s.id = q.session_id)))
     JOIN campaigns.offers o ON ((o.id = s.offer_id)))
UNION ALL
 SELECT s.organisation_id,
    s.person_id,
    'speaker'::text AS role,
    NULL::uuid AS pupil_id
   FROM campaigns.speakers s
  WHERE ((s.person_id IS NOT NULL) AND (s.organisation_id IS NOT NULL) AND (s.removed_at IS NULL))
UNION ALL
 SELECT o.organisation_id,
    r.enrolled_by AS person_id,
    'teacher'::text AS role,
    NULL::uuid AS pupil_id
   FROM (campaigns.registrations r
     JOIN campaigns.offers o ON ((o.id = r.offer_id)))
  WHERE (r.enrolled_by IS NOT NULL)
UNION ALL
 SELECT o.organisation_id,
    t.teacher_id AS person_id,
    'teacher'::text AS role,
    NULL::uuid AS pupil_id
   FROM ((campaigns.referent_teachers t
     JOIN campaigns.registrations r ON ((r.id = t.registration_id)))
     JOIN campaigns.offers o ON ((o.id = r.offer_id)))
UNION ALL
 SELECT c.lead_id AS organisation_id,
    p.person_id,
    'partner'::text AS role,
    NULL::uuid AS pupil_id
   FROM ((campaigns.agreements a
     JOIN campaigns.campaigns c ON (((c.id = a.campaign_id) AND (c.lead_id IS NOT NULL) AND (c.lead_id <> a.organisation_id))))
     JOIN ( SELECT contacts.organisation_id,
            contacts.person_id
           FROM campaigns.contacts
        UNION
         SELECT members.organisation_id,
            members.person_id
           FROM campaigns.members
          WHERE (members.role = ANY (ARRAY['owner'::text, 'planner'::text]))) p ON ((p.organisation_id = a.organisation_id)))
UNION ALL
 SELECT members.organisation_id,
    members.person_id,
    'member'::text AS role,
    NULL::uuid AS pupil_id
   FROM campaigns.members
UNION ALL
 SELECT member_invitations.organisation_id,
    member_invitations.person_id,
    'invited'::text AS role,
    NULL::uuid AS pupil_id
   FROM campaigns.member_invitations
  WHERE ((member_invitations.accepted_at IS NULL) AND (member_invitations.revoked_at IS NULL))
UNION ALL
 SELECT contacts.organisation_id,
    contacts.person_id,
    'contact'::text AS role,
    NULL::uuid AS pupil_id
   FROM campaigns.contacts
UNION ALL
 SELECT correspondents.organisation_id,
    correspondents.person_id,
    'correspondent'::text AS role,
    NULL::uuid AS pupil_id
   FROM campaigns.correspondents;

CREATE TABLE campaigns.leavings (
    registration_id uuid NOT NULL,
    declined_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL
);

CREATE TABLE campaigns.link_requests (
    mark bytea NOT NULL,
    email text,
    asked_at timestamp with time zone NOT NULL
);

CREATE TABLE campaigns.listed_pupils (
    id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    teacher_id uuid NOT NULL,
    class_name text DEFAULT ''::text NOT NULL,
    mark text NOT NULL,
    added_at timestamp with time zone NOT NULL,
    kept_until date NOT NULL
);

CREATE TABLE campaigns.offer_search (
    offer_id uuid NOT NULL,
    document tsvector NOT NULL,
    latitude double precision,
    longitude double precision,
    without_car boolean DEFAULT false NOT NULL,
    listed_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE campaigns.organisations (
    id uuid NOT NULL,
    slug text NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    siret text,
    uai text,
    CONSTRAINT organisations_kind_check CHECK ((kind = ANY (ARRAY['federation'::text, 'agency'::text, 'school_authority'::text, 'school'::text, 'company'::text, 'local_authority'::text]))),
    CONSTRAINT organisations_siret_check CHECK ((siret ~ '^[0-9]{14}$'::text)),
    CONSTRAINT organisations_uai_check CHECK ((uai ~ '^[0-9]{7}[A-Z]$'::text))
);

CREATE TABLE campaigns.programmes_seen (
    registration_id uuid NOT NULL,
    reader text NOT NULL,
    version integer NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    CONSTRAINT programmes_seen_reader_check CHECK ((reader = ANY (ARRAY['pupil'::text, 'guardian'::text])))
);

CREATE TABLE campaigns.pupil_times (
    registration_id uuid NOT NULL,
    offer_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    busy tstzmultirange NOT NULL
);

CREATE TABLE campaigns.pupils (
    id uuid NOT NULL,
    guardian_id uuid,
    identity bytea NOT NULL,
    school_name text NOT NULL,
    school_uai text,
    class_name text DEFAULT ''::text NOT NULL
);

CREATE TABLE campaigns.questions (
    id uuid NOT NULL,
    offer_id uuid NOT NULL,
    asker_id uuid NOT NULL,
    words text NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    passed_on_at timestamp with time zone,
    question text DEFAULT ''::text NOT NULL,
    answer text DEFAULT ''::text NOT NULL,
    answered_at timestamp with time zone,
    published boolean DEFAULT false NOT NULL,
    edition integer DEFAULT 1 NOT NULL,
    CONSTRAINT questions_answer_check CHECK ((length(answer) <= 3000)),
    CONSTRAINT questions_check CHECK (((sent_at IS NOT NULL) OR (answered_at IS NULL))),
    CONSTRAINT questions_check1 CHECK (((NOT published) OR ((answered_at IS NOT NULL) AND (question <> ''::text) AND (answer <> ''::text)))),
    CONSTRAINT questions_question_check CHECK ((length(question) <= 1000)),
    CONSTRAINT questions_words_check CHECK (((words <> ''::text) AND (length(words) <= 1000)))
);

CREATE TABLE campaigns.quotas (
    id uuid NOT NULL,
    offer_id uuid NOT NULL,
    seats integer NOT NULL,
    school_uai text,
    without_host boolean DEFAULT false NOT NULL,
    until timestamp with time zone NOT NULL,
    released_at timestamp with time zone,
    CONSTRAINT a_quota_is_for_somebody CHECK (((school_uai IS NOT NULL) <> without_host)),
    CONSTRAINT quotas_seats_check CHECK ((seats > 0))
);

CREATE TABLE campaigns.referents (
    person_id uuid NOT NULL,
    mark bytea NOT NULL,
    token_version smallint DEFAULT 1 NOT NULL,
    told_at timestamp with time zone
);

CREATE TABLE campaigns.rotation_sessions (
    session_id uuid NOT NULL,
    offer_id uuid NOT NULL
);

CREATE TABLE campaigns.rotations (
    offer_id uuid NOT NULL,
    plan jsonb NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    drafted_at timestamp with time zone NOT NULL,
    applied_version integer DEFAULT 0 NOT NULL,
    applied_at timestamp with time zone
);

CREATE TABLE campaigns.search_words (
    word text NOT NULL
);

CREATE TABLE campaigns.sectors (
    code text NOT NULL,
    label text NOT NULL,
    family text NOT NULL,
    tension smallint,
    tension_source text,
    tension_year smallint,
    tension_territory text,
    CONSTRAINT no_tension_without_a_source CHECK (((tension IS NULL) OR ((tension_source IS NOT NULL) AND (tension_year IS NOT NULL)))),
    CONSTRAINT sectors_code_check CHECK ((code ~ '^s[0-9]{1,2}$'::text)),
    CONSTRAINT sectors_tension_check CHECK (((tension >= 1) AND (tension <= 5)))
);

CREATE TABLE campaigns.session_speakers (
    session_id uuid NOT NULL,
    speaker_id uuid NOT NULL,
    during tstzrange NOT NULL,
    confirmed boolean DEFAULT true NOT NULL
);

CREATE TABLE campaigns.sign_ins (
    id uuid NOT NULL,
    person_id uuid NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    goes_to text DEFAULT '/planification'::text NOT NULL,
    CONSTRAINT sign_ins_goes_to_check CHECK (((goes_to ~ '^/[a-z]'::text) AND (length(goes_to) <= 300)))
);

CREATE TABLE campaigns.sites (
    id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    address text NOT NULL,
    latitude double precision,
    longitude double precision,
    pupils_at_most integer,
    CONSTRAINT sites_pupils_at_most_check CHECK ((pupils_at_most > 0))
);

CREATE TABLE campaigns.speaker_requests (
    id uuid NOT NULL,
    session_id uuid NOT NULL,
    speaker_id uuid NOT NULL,
    status text DEFAULT 'awaited'::text NOT NULL,
    word text DEFAULT ''::text NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    answer_by timestamp with time zone NOT NULL,
    answered_at timestamp with time zone,
    reminded_at timestamp with time zone,
    token_version smallint DEFAULT 1 NOT NULL,
    told_of_day date,
    sequence integer DEFAULT 0 NOT NULL,
    in_calendar boolean DEFAULT false NOT NULL,
    changed_since jsonb,
    CONSTRAINT speaker_requests_status_check CHECK ((status = ANY (ARRAY['awaited'::text, 'confirmed'::text, 'declined'::text, 'withdrawn'::text])))
);

CREATE TABLE campaigns.standings (
    session_id uuid NOT NULL,
    offer_id uuid NOT NULL,
    host_id uuid,
    sector text,
    departements text[] NOT NULL,
    changed_at timestamp with time zone,
    digest text NOT NULL
);

CREATE TABLE campaigns.visits (
    id uuid NOT NULL,
    teacher_id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    session_id uuid NOT NULL,
    after_start interval NOT NULL,
    lasts interval NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    announced boolean DEFAULT false NOT NULL,
    sequence integer DEFAULT 0 NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    removed_at timestamp with time zone,
    CONSTRAINT visits_after_start_check CHECK ((after_start >= '00:00:00'::interval)),
    CONSTRAINT visits_lasts_check CHECK (((lasts >= '00:10:00'::interval) AND (lasts <= '04:00:00'::interval)))
);

CREATE TABLE campaigns.webinar_invitations (
    webinar_id uuid NOT NULL,
    mark bytea NOT NULL,
    person_id uuid NOT NULL,
    batch integer NOT NULL,
    event_id uuid NOT NULL
);

CREATE TABLE campaigns.webinars (
    id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    title text NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    link text NOT NULL,
    word text DEFAULT ''::text NOT NULL,
    departement text DEFAULT ''::text NOT NULL,
    roles text[] NOT NULL,
    status text DEFAULT 'planned'::text NOT NULL,
    sequence integer DEFAULT 0 NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    batches integer DEFAULT 0 NOT NULL,
    made_at timestamp with time zone NOT NULL,
    CONSTRAINT webinars_check CHECK ((ends_at > starts_at)),
    CONSTRAINT webinars_link_check CHECK ((link ~~ 'https://%'::text)),
    CONSTRAINT webinars_roles_check CHECK (((roles <@ ARRAY['head'::text, 'referent'::text]) AND (cardinality(roles) > 0))),
    CONSTRAINT webinars_status_check CHECK ((status = ANY (ARRAY['planned'::text, 'cancelled'::text])))
);

CREATE TABLE campaigns.wordings (
    campaign_id uuid NOT NULL,
    message text NOT NULL,
    version integer NOT NULL,
    sentences jsonb NOT NULL,
    CONSTRAINT wordings_version_check CHECK ((version >= 1))
);

CREATE TABLE notifications.answers (
    id uuid NOT NULL,
    kind text NOT NULL,
    registration_id uuid,
    delivery_id uuid,
    message_key bytea NOT NULL,
    answer_key bytea,
    facts jsonb NOT NULL,
    sender text DEFAULT ''::text NOT NULL,
    subject text DEFAULT ''::text NOT NULL,
    words text DEFAULT ''::text NOT NULL,
    received_at timestamp with time zone NOT NULL,
    state text DEFAULT 'read'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    due_at timestamp with time zone NOT NULL,
    outcome text DEFAULT ''::text NOT NULL,
    acted_at timestamp with time zone,
    entry_id uuid,
    entry_scope text,
    CONSTRAINT an_entry_has_its_kind CHECK (((entry_id IS NULL) = (entry_scope IS NULL))),
    CONSTRAINT answers_check CHECK (((registration_id IS NULL) <> (delivery_id IS NULL))),
    CONSTRAINT answers_entry_scope_check CHECK ((entry_scope = ANY (ARRAY['reply_host'::text, 'reply_speaker'::text, 'reply_slot'::text]))),
    CONSTRAINT answers_kind_check CHECK ((kind = ANY (ARRAY['reply'::text, 'counter'::text, 'refresh'::text, 'letter'::text, 'automatic'::text, 'bounce'::text, 'complaint'::text]))),
    CONSTRAINT answers_state_check CHECK ((state = ANY (ARRAY['read'::text, 'done'::text, 'failed'::text]))),
    CONSTRAINT answers_words_check CHECK ((length(words) <= 20000))
);

CREATE VIEW contract.answers AS
 SELECT count(*) AS waiting,
    min(received_at) AS oldest
   FROM notifications.answers
  WHERE (state = 'read'::text);

CREATE TABLE contract.call_requests (
    id uuid NOT NULL,
    webhook_id uuid NOT NULL,
    event_id uuid,
    asked_at timestamp with time zone NOT NULL
);

CREATE TABLE notifications.calls (
    id uuid NOT NULL,
    webhook_id uuid NOT NULL,
    event_id uuid NOT NULL,
    tag text NOT NULL,
    planned_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    state text DEFAULT 'due'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    status smallint,
    answer text DEFAULT ''::text NOT NULL,
    called_at timestamp with time zone,
    CONSTRAINT calls_state_check CHECK ((state = ANY (ARRAY['due'::text, 'answered'::text, 'failed'::text])))
);

CREATE VIEW contract.calls AS
 SELECT id,
    webhook_id,
    event_id,
    tag,
    planned_at,
    due_at,
    state,
    attempts,
    status,
    answer,
    called_at
   FROM notifications.calls;

CREATE VIEW contract.cancelled_campaigns AS
 SELECT id AS campaign_id,
    cancelled_at
   FROM campaigns.campaigns
  WHERE (cancelled_at IS NOT NULL);

CREATE TABLE notifications.deliveries (
    id uuid NOT NULL,
    event_id uuid NOT NULL,
    message text NOT NULL,
    recipient_id uuid NOT NULL,
    registration_id uuid,
    offer_id uuid,
    sequence integer NOT NULL,
    priority smallint DEFAULT 5 NOT NULL,
    due_at timestamp with time zone NOT NULL,
    state text DEFAULT 'due'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    lease_until timestamp with time zone,
    message_id text NOT NULL,
    calendar_uid text,
    calendar_sequence integer,
    calendar_method text,
    recipient_address text,
    mail bytea,
    planned_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    answer text DEFAULT ''::text NOT NULL,
    superseded_by uuid,
    losses integer DEFAULT 0 NOT NULL,
    turn_at timestamp with time zone,
    useless_from timestamp with time zone,
    quiet_until timestamp with time zone,
    CONSTRAINT deliveries_calendar_method_check CHECK ((calendar_method = ANY (ARRAY['REQUEST'::text, 'CANCEL'::text, 'PUBLISH'::text, 'DECLINECOUNTER'::text]))),
    CONSTRAINT deliveries_state_check CHECK ((state = ANY (ARRAY['due'::text, 'sending'::text, 'sent'::text, 'failed'::text, 'superseded'::text, 'suppressed'::text])))
);
ALTER TABLE ONLY notifications.deliveries ALTER COLUMN mail SET STORAGE EXTERNAL;

CREATE VIEW contract.deliveries AS
 SELECT id,
    event_id,
    message,
    recipient_id,
    registration_id,
    offer_id,
    state,
    due_at,
    sent_at,
    planned_at,
    attempts,
    answer,
    quiet_until,
    superseded_by,
    calendar_method,
    calendar_sequence
   FROM notifications.deliveries;

CREATE TABLE contract.events (
    id uuid NOT NULL,
    tag text NOT NULL,
    offer_id uuid,
    occurred_at timestamp with time zone NOT NULL,
    body jsonb NOT NULL,
    planned_at timestamp with time zone,
    traceparent text
);

CREATE TABLE notifications.domains (
    domain text NOT NULL,
    failures integer DEFAULT 0 NOT NULL,
    last_failed uuid,
    waves integer DEFAULT 0 NOT NULL,
    held_until timestamp with time zone,
    answer text DEFAULT ''::text NOT NULL,
    free_at timestamp with time zone,
    urgent_free_at timestamp with time zone,
    CONSTRAINT domains_domain_check CHECK ((domain = lower(domain)))
);

CREATE VIEW contract.held_domains AS
 SELECT domain,
    failures,
    held_until,
    answer
   FROM notifications.domains
  WHERE (held_until > now());

CREATE TABLE contract.link_versions (
    registration_id uuid NOT NULL,
    version smallint NOT NULL,
    guardian_version smallint DEFAULT 1 NOT NULL,
    CONSTRAINT link_versions_guardian_version_check CHECK ((guardian_version >= 1)),
    CONSTRAINT link_versions_version_check CHECK ((version >= 1))
);

CREATE TABLE notifications.mail_servers (
    server text NOT NULL,
    away_since timestamp with time zone NOT NULL,
    failures integer NOT NULL,
    probe_at timestamp with time zone NOT NULL,
    error text NOT NULL
);

CREATE VIEW contract.mail_servers AS
 SELECT server,
    away_since,
    failures,
    probe_at,
    error
   FROM notifications.mail_servers;

CREATE VIEW contract.mails AS
 SELECT id,
    mail
   FROM notifications.deliveries
  WHERE (mail IS NOT NULL);

CREATE VIEW contract.offer_owners AS
 SELECT id AS offer_id,
    organisation_id
   FROM campaigns.offers;

CREATE TABLE contract.people (
    id uuid NOT NULL,
    first_name text NOT NULL,
    last_name text NOT NULL,
    email text,
    language text DEFAULT 'fr'::text NOT NULL,
    erased_at timestamp with time zone,
    calendar_version integer DEFAULT 1 NOT NULL,
    calendar_sent_at timestamp with time zone,
    CONSTRAINT people_calendar_version_check CHECK (((calendar_version >= 1) AND (calendar_version <= 65535))),
    CONSTRAINT people_language_check CHECK ((language = ANY (ARRAY['fr'::text, 'en'::text])))
);

CREATE TABLE contract.programmes (
    offer_id uuid NOT NULL,
    version integer NOT NULL,
    body jsonb NOT NULL
);

CREATE VIEW contract.queue AS
 SELECT priority,
    count(*) AS waiting,
    min(due_at) AS oldest
   FROM notifications.deliveries
  WHERE ((state = 'due'::text) AND (due_at <= now()))
  GROUP BY priority;

CREATE TABLE contract.sending (
    only_one boolean DEFAULT true NOT NULL,
    paused_at timestamp with time zone,
    paused_by uuid,
    CONSTRAINT sending_only_one_check CHECK (only_one)
);

CREATE TABLE notifications.suppressions (
    address text NOT NULL,
    reason text NOT NULL,
    at timestamp with time zone NOT NULL,
    delivery_id uuid,
    CONSTRAINT suppressions_address_check CHECK ((address = lower(address)))
);

CREATE VIEW contract.suppressions AS
 SELECT address,
    reason,
    at,
    delivery_id
   FROM notifications.suppressions;

CREATE TABLE notifications.tallies (
    hour timestamp with time zone NOT NULL,
    shard integer NOT NULL,
    domain text NOT NULL,
    outcome text NOT NULL,
    number bigint NOT NULL,
    CONSTRAINT tallies_outcome_check CHECK ((outcome = ANY (ARRAY['sent'::text, 'later'::text, 'lost'::text, 'refused'::text])))
);

CREATE VIEW contract.tallies AS
 SELECT hour,
    domain,
    outcome,
    (sum(number))::bigint AS number
   FROM notifications.tallies
  GROUP BY hour, domain, outcome;

CREATE TABLE contract.unwanted (
    person_id uuid NOT NULL,
    message text NOT NULL,
    since timestamp with time zone NOT NULL
);

CREATE TABLE contract.webhooks (
    id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    url text NOT NULL,
    kinds text[] NOT NULL,
    version smallint DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    paused_at timestamp with time zone,
    ended_at timestamp with time zone,
    CONSTRAINT webhooks_kinds_check CHECK ((cardinality(kinds) > 0)),
    CONSTRAINT webhooks_url_check CHECK ((length(url) <= 500)),
    CONSTRAINT webhooks_version_check CHECK ((version >= 1))
);

CREATE VIEW contract.wordings AS
 SELECT o.id AS offer_id,
    w.message,
    w.sentences
   FROM (campaigns.offers o
     JOIN campaigns.wordings w ON ((w.campaign_id = o.campaign_id)))
  WHERE (w.sentences <> '{}'::jsonb);

CREATE TABLE notifications.calendars (
    registration_id uuid NOT NULL,
    offer_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    guardian_id uuid,
    group_id uuid,
    status text NOT NULL,
    deadline timestamp with time zone,
    sequence integer NOT NULL,
    programme_version integer NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    reply_address text NOT NULL,
    sequence_sent integer
);

CREATE TABLE notifications.unplanned_events (
    event_id uuid NOT NULL,
    failures integer NOT NULL,
    error text NOT NULL,
    failed_at timestamp with time zone NOT NULL,
    again_at timestamp with time zone
);

CREATE TABLE public.migrations (
    name text NOT NULL,
    mark text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY campaigns.accounts
    ADD CONSTRAINT accounts_email_key UNIQUE (email);

ALTER TABLE ONLY campaigns.accounts
    ADD CONSTRAINT accounts_oidc_subject_key UNIQUE (oidc_subject);

ALTER TABLE ONLY campaigns.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (person_id);

ALTER TABLE ONLY campaigns.agreements
    ADD CONSTRAINT agreements_id_key UNIQUE (id);

ALTER TABLE ONLY campaigns.agreements
    ADD CONSTRAINT agreements_pkey PRIMARY KEY (campaign_id, organisation_id);

ALTER TABLE ONLY campaigns.announced_absences
    ADD CONSTRAINT announced_absences_pkey PRIMARY KEY (registration_id, day);

ALTER TABLE ONLY campaigns.announced
    ADD CONSTRAINT announced_pkey PRIMARY KEY (campaign_id, mark);

ALTER TABLE ONLY campaigns.announcements
    ADD CONSTRAINT announcements_pkey PRIMARY KEY (id);

ALTER TABLE ONLY campaigns.api_tokens
    ADD CONSTRAINT api_tokens_pkey PRIMARY KEY (id);

ALTER TABLE ONLY campaigns.api_tokens
    ADD CONSTRAINT api_tokens_secret_hash_key UNIQUE (secret_hash);

ALTER TABLE ONLY campaigns.asked_lately
    ADD CONSTRAINT asked_lately_pkey PRIMARY KEY (class, client);

ALTER TABLE ONLY campaigns.attendance
    ADD CONSTRAINT attendance_pkey PRIMARY KEY (session_id, registration_id);

ALTER TABLE ONLY campaigns.audit
    ADD CONSTRAINT audit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY campaigns.calendar_answers
    ADD CONSTRAINT calendar_answers_registration_id_day_key UNIQUE NULLS NOT DISTINCT (registration_id, day);

ALTER TABLE ONLY campaigns.calendar_states
    ADD CONSTRAINT calendar_states_pkey PRIMARY KEY (person_id, whose);

ALTER TABLE ONLY campaigns.campaign_proposals
    ADD CONSTRAINT campaign_proposals_pkey PRIMARY KEY (campaign_id);

ALTER TABLE ONLY campaigns.campaign_sectors
    ADD CONSTRAINT campaign_sectors_pkey PRIMARY KEY (campaign_id, sector);

ALTER TABLE ONLY campaigns.campaigns
    ADD CONSTRAINT campaigns_pkey PRIMARY KEY (id);

ALTER TABLE ONLY campaigns.campaigns
    ADD CONSTRAINT campaigns_slug_key UNIQUE (slug);

ALTER TABLE ONLY campaigns.consents
    ADD CONSTRAINT consents_pkey PRIMARY KEY (id);

ALTER TABLE ONLY campaigns.contacts
    ADD CONSTRAINT contacts_pkey PRIMARY KEY (organisation_id, person_id);

ALTER TABLE ONLY campaigns.correspondents_declined
    ADD CONSTRAINT correspondents_declined_pkey PRIMARY KEY (organisation_id, mark);

ALTER TABLE ONLY campaigns.correspondents
    ADD CONSTRAINT correspondents_organisation_id_mark_key UNIQUE (organisation_id, mark);

ALTER TABLE ONLY campaigns.correspondents
    ADD CONSTRAINT correspondents_pkey PRIMARY KEY (person_id);

ALTER TABLE ONLY campaigns.days
    ADD CONSTRAINT days_offer_id_date_key UNIQUE (offer_id, date);

ALTER TABLE ONLY campaigns.days
    ADD CONSTRAINT days_offer_id_instance_on_key UNIQUE (offer_id, instance_on);

ALTER TABLE ONLY campaigns.days
    ADD CONSTRAINT days_pkey PRIMARY KEY (id);

ALTER TABLE ONLY campaigns.devices
    ADD CONSTRAINT devices_pkey PRIMARY KEY (id);

ALTER TABLE ONLY campaigns.devices
    ADD CONSTRAINT devices_secret_hash_key UNIQUE (secret_hash);

ALTER TABLE ONLY campaigns.digest_choices
    ADD CONSTRAINT digest_choices_pkey PRIMARY KEY (person_id, what);

ALTER TABLE ONLY campaigns.digests
    ADD CONSTRAINT digests_pkey PRIMARY KEY (member_id, what);

ALTER TABLE ONLY campaigns.distinct_pupils
    ADD CONSTRAINT distinct_pupils_pkey PRIMARY KEY (registration_id, other_id);

ALTER TABLE ONLY campaigns.entry_answers
    ADD CONSTRAINT entry_answers_pkey PRIMARY KEY (entry_id, person_id);

ALTER TABLE ONLY campaigns.erasures
    ADD CONSTRAINT erasures_pkey PRIMARY KEY (pupil_id);

ALTER TABLE ONLY campaigns.feeds
    ADD CONSTRAINT feeds_pkey PRIMARY KEY (slug);

ALTER TABLE ONLY campaigns.feeds
    ADD CONSTRAINT feeds_scope_subject_key UNIQUE (scope, subject);

ALTER TABLE ONLY campaigns.follow_up_slots
    ADD CONSTRAINT follow_up_slots_pkey PRIMARY KEY (id);

ALTER TABLE ONLY campaigns.follow_up_slots
    ADD CONSTRAINT follower_in_one_place_at_a_time EXCLUDE USING gist (person_id WITH =, during WITH &&) WHERE ((status = 'planned'::text));

ALTER TABLE ONLY campaigns.sessions
    ADD CONSTRAINT group_in_one_place_at_a_time EXCLUDE USING gist (offer_id WITH =, for_groups WITH &&, during WITH &&) WHERE ((status = 'planned'::text)) DEFERRABLE;

ALTER TABLE ONLY campaigns.groups
    ADD CONSTRAINT groups_offer_id_name_key UNIQUE (offer_id, name);

ALTER TABLE ONLY campaigns.groups
    ADD CONSTRAINT groups_pkey PRIMARY KEY (id);

ALTER TABLE ONLY campaigns.host_requests
    ADD CONSTRAINT host_requests_pkey PRIMARY KEY (id);

ALTER TABLE ONLY campaigns.host_spaces
    ADD CONSTRAINT host_spaces_pkey PRIMARY KEY (holder_id);

ALTER TABLE ONLY campaigns.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (actor, route, key);

ALTER TABLE ONLY campaigns.leavings
    ADD CONSTRAINT leavings_pkey PRIMARY KEY (registration_id);

ALTER TABLE ONLY campaigns.link_requests
    ADD CONSTRAINT link_requests_pkey PRIMARY KEY (mark);

ALTER TABLE ONLY campaigns.listed_pupils
    ADD CONSTRAINT listed_pupils_pkey PRIMARY KEY (id);

ALTER TABLE ONLY campaigns.listed_pupils
    ADD CONSTRAINT listed_pupils_teacher_id_organisation_id_mark_key UNIQUE (teacher_id, organisation_id, mark);

ALTER TABLE ONLY campaigns.member_invitations
    ADD CONSTRAINT member_invitations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY campaigns.members
    ADD CONSTRAINT members_person_id_organisation_id_key UNIQUE (person_id, organisation_id);

ALTER TABLE ONLY campaigns.members
    ADD CONSTRAINT members_pkey PRIMARY KEY (id);

ALTER TABLE ONLY campaigns.offer_search
    ADD CONSTRAINT offer_search_pkey PRIMARY KEY (offer_id);

ALTER TABLE ONLY campaigns.offers
    ADD CONSTRAINT offers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY campaigns.offers
    ADD CONSTRAINT offers_slug_key UNIQUE (slug);

ALTER TABLE ONLY campaigns.organisations
    ADD CONSTRAINT organisations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY campaigns.organisations
    ADD CONSTRAINT organisations_siret_key UNIQUE (siret);

ALTER TABLE ONLY campaigns.organisations
    ADD CONSTRAINT organisations_slug_key UNIQUE (slug);

ALTER TABLE ONLY campaigns.organisations
    ADD CONSTRAINT organisations_uai_key UNIQUE (uai);

ALTER TABLE ONLY campaigns.programmes_seen
    ADD CONSTRAINT programmes_seen_pkey PRIMARY KEY (registration_id, reader);

ALTER TABLE ONLY campaigns.pupil_times
    ADD CONSTRAINT pupil_in_one_place_at_a_time EXCLUDE USING gist (pupil_id WITH =, busy WITH &&);

ALTER TABLE ONLY campaigns.follow_up_slots
    ADD CONSTRAINT pupil_in_one_slot_at_a_time EXCLUDE USING gist (pupil_id WITH =, during WITH &&) WHERE (((status = 'planned'::text) AND (pupil_id IS NOT NULL)));

ALTER TABLE ONLY campaigns.pupil_times
    ADD CONSTRAINT pupil_times_pkey PRIMARY KEY (registration_id);

ALTER TABLE ONLY campaigns.pupils
    ADD CONSTRAINT pupils_identity_key UNIQUE (identity);

ALTER TABLE ONLY campaigns.pupils
    ADD CONSTRAINT pupils_pkey PRIMARY KEY (id);

ALTER TABLE ONLY campaigns.questions
    ADD CONSTRAINT questions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY campaigns.quotas
    ADD CONSTRAINT quotas_pkey PRIMARY KEY (id);

ALTER TABLE ONLY campaigns.referent_teachers
    ADD CONSTRAINT referent_teachers_pkey PRIMARY KEY (registration_id, teacher_id);

ALTER TABLE ONLY campaigns.referents
    ADD CONSTRAINT referents_mark_key UNIQUE (mark);

ALTER TABLE ONLY campaigns.referents
    ADD CONSTRAINT referents_pkey PRIMARY KEY (person_id);

ALTER TABLE ONLY campaigns.registrations
    ADD CONSTRAINT registrations_idempotency_key_offer_id_key UNIQUE (idempotency_key, offer_id);

ALTER TABLE ONLY campaigns.registrations
    ADD CONSTRAINT registrations_offer_id_rank_key UNIQUE (offer_id, rank);

ALTER TABLE ONLY campaigns.registrations
    ADD CONSTRAINT registrations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY campaigns.sessions
    ADD CONSTRAINT room_in_one_use_at_a_time EXCLUDE USING gist (site_id WITH =, room WITH =, during WITH &&) WHERE (((status = 'planned'::text) AND (site_id IS NOT NULL) AND (room IS NOT NULL)));

ALTER TABLE ONLY campaigns.rotation_sessions
    ADD CONSTRAINT rotation_sessions_pkey PRIMARY KEY (session_id);

ALTER TABLE ONLY campaigns.rotations
    ADD CONSTRAINT rotations_pkey PRIMARY KEY (offer_id);

ALTER TABLE ONLY campaigns.sectors
    ADD CONSTRAINT sectors_label_key UNIQUE (label);

ALTER TABLE ONLY campaigns.sectors
    ADD CONSTRAINT sectors_pkey PRIMARY KEY (code);

ALTER TABLE ONLY campaigns.session_speakers
    ADD CONSTRAINT session_speakers_pkey PRIMARY KEY (session_id, speaker_id);

ALTER TABLE ONLY campaigns.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY campaigns.sign_ins
    ADD CONSTRAINT sign_ins_pkey PRIMARY KEY (id);

ALTER TABLE ONLY campaigns.sites
    ADD CONSTRAINT sites_organisation_id_address_key UNIQUE (organisation_id, address);

ALTER TABLE ONLY campaigns.sites
    ADD CONSTRAINT sites_pkey PRIMARY KEY (id);

ALTER TABLE ONLY campaigns.session_speakers
    ADD CONSTRAINT speaker_in_one_place_at_a_time EXCLUDE USING gist (speaker_id WITH =, during WITH &&);

ALTER TABLE ONLY campaigns.speaker_requests
    ADD CONSTRAINT speaker_requests_pkey PRIMARY KEY (id);

ALTER TABLE ONLY campaigns.speakers
    ADD CONSTRAINT speakers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY campaigns.standings
    ADD CONSTRAINT standings_pkey PRIMARY KEY (session_id);

ALTER TABLE ONLY campaigns.visits
    ADD CONSTRAINT visits_pkey PRIMARY KEY (id);

ALTER TABLE ONLY campaigns.visits
    ADD CONSTRAINT visits_teacher_id_organisation_id_session_id_key UNIQUE (teacher_id, organisation_id, session_id);

ALTER TABLE ONLY campaigns.webinar_invitations
    ADD CONSTRAINT webinar_invitations_pkey PRIMARY KEY (webinar_id, mark);

ALTER TABLE ONLY campaigns.webinar_invitations
    ADD CONSTRAINT webinar_invitations_webinar_id_person_id_key UNIQUE (webinar_id, person_id);

ALTER TABLE ONLY campaigns.webinars
    ADD CONSTRAINT webinars_pkey PRIMARY KEY (id);

ALTER TABLE ONLY campaigns.wordings
    ADD CONSTRAINT wordings_pkey PRIMARY KEY (campaign_id, message);

ALTER TABLE ONLY contract.call_requests
    ADD CONSTRAINT call_requests_pkey PRIMARY KEY (id);

ALTER TABLE ONLY contract.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY contract.link_versions
    ADD CONSTRAINT link_versions_pkey PRIMARY KEY (registration_id);

ALTER TABLE ONLY contract.people
    ADD CONSTRAINT people_pkey PRIMARY KEY (id);

ALTER TABLE ONLY contract.programmes
    ADD CONSTRAINT programmes_pkey PRIMARY KEY (offer_id, version);

ALTER TABLE ONLY contract.sending
    ADD CONSTRAINT sending_pkey PRIMARY KEY (only_one);

ALTER TABLE ONLY contract.unwanted
    ADD CONSTRAINT unwanted_pkey PRIMARY KEY (person_id, message);

ALTER TABLE ONLY contract.webhooks
    ADD CONSTRAINT webhooks_pkey PRIMARY KEY (id);

ALTER TABLE ONLY notifications.answers
    ADD CONSTRAINT answers_answer_key_key UNIQUE (answer_key);

ALTER TABLE ONLY notifications.answers
    ADD CONSTRAINT answers_message_key_key UNIQUE (message_key);

ALTER TABLE ONLY notifications.answers
    ADD CONSTRAINT answers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY notifications.calendars
    ADD CONSTRAINT calendars_pkey PRIMARY KEY (registration_id);

ALTER TABLE ONLY notifications.calls
    ADD CONSTRAINT calls_pkey PRIMARY KEY (id);

ALTER TABLE ONLY notifications.calls
    ADD CONSTRAINT calls_webhook_id_event_id_key UNIQUE (webhook_id, event_id);

ALTER TABLE ONLY notifications.deliveries
    ADD CONSTRAINT deliveries_event_id_message_recipient_id_key UNIQUE (event_id, message, recipient_id);

ALTER TABLE ONLY notifications.deliveries
    ADD CONSTRAINT deliveries_pkey PRIMARY KEY (id);

ALTER TABLE ONLY notifications.domains
    ADD CONSTRAINT domains_pkey PRIMARY KEY (domain);

ALTER TABLE ONLY notifications.mail_servers
    ADD CONSTRAINT mail_servers_pkey PRIMARY KEY (server);

ALTER TABLE ONLY notifications.suppressions
    ADD CONSTRAINT suppressions_pkey PRIMARY KEY (address);

ALTER TABLE ONLY notifications.tallies
    ADD CONSTRAINT tallies_pkey PRIMARY KEY (hour, shard, domain, outcome);

ALTER TABLE ONLY notifications.unplanned_events
    ADD CONSTRAINT unplanned_events_pkey PRIMARY KEY (event_id);

ALTER TABLE ONLY public.migrations
    ADD CONSTRAINT migrations_pkey PRIMARY KEY (name);

CREATE INDEX agreements_awaited ON campaigns.agreements USING btree (asked_at) WHERE ((left_at IS NULL) AND (reminded_at IS NULL) AND (declined_at IS NULL) AND (agreed_version < asked_version));

CREATE INDEX agreements_of_organisation ON campaigns.agreements USING btree (organisation_id);

CREATE INDEX announced_by ON campaigns.announced USING btree (announcement_id, batch);

CREATE INDEX announced_to ON campaigns.announced USING btree (person_id);

CREATE INDEX announcements_next ON campaigns.announcements USING btree (next_at) WHERE (next_at IS NOT NULL);

CREATE INDEX announcements_of_organisation ON campaigns.announcements USING btree (organisation_id, id);

CREATE INDEX api_tokens_of_organisation ON campaigns.api_tokens USING btree (organisation_id);

CREATE INDEX attendance_of_registration ON campaigns.attendance USING btree (registration_id);

CREATE INDEX audit_of_campaign ON campaigns.audit USING btree (campaign_id, id);

CREATE INDEX audit_of_offer ON campaigns.audit USING btree (offer_id, id);

CREATE INDEX audit_of_organisation ON campaigns.audit USING btree (organisation_id, id);

CREATE INDEX campaigns_of_lead ON campaigns.campaigns USING btree (lead_id);

CREATE INDEX consents_of_registration ON campaigns.consents USING btree (registration_id, id);

CREATE INDEX consents_to_remind ON campaigns.registrations USING btree (consent_remind_at) WHERE ((held_for = 'consent'::text) AND (consent_remind_at IS NOT NULL));

CREATE INDEX correspondents_in_order ON campaigns.correspondents USING btree (organisation_id, school_uai, person_id);

CREATE INDEX correspondents_kept ON campaigns.correspondents USING btree (kept_until);

CREATE INDEX days_by_sector ON campaigns.days USING btree (sector);

CREATE INDEX devices_of_person ON campaigns.devices USING btree (person_id);

CREATE INDEX erasures_done ON campaigns.erasures USING btree (erased_at) WHERE (erased_at IS NOT NULL);

CREATE INDEX erasures_under_way ON campaigns.erasures USING btree (asked_at) WHERE (erased_at IS NULL);

CREATE INDEX follow_up_slots_of_offer ON campaigns.follow_up_slots USING btree (offer_id, starts_at);

CREATE INDEX follow_up_slots_of_session ON campaigns.follow_up_slots USING btree (session_id) WHERE (session_id IS NOT NULL);

CREATE INDEX former_standings_by_age ON campaigns.former_standings USING btree (left_at);

CREATE INDEX former_standings_of_offer ON campaigns.former_standings USING btree (offer_id);

CREATE INDEX former_standings_of_session ON campaigns.former_standings USING btree (session_id);

CREATE INDEX holds_by_deadline ON campaigns.registrations USING btree (deadline) WHERE (status = 'held'::text);

CREATE INDEX host_requests_awaited ON campaigns.host_requests USING btree (answer_by) WHERE (status = 'awaited'::text);

CREATE INDEX host_requests_of_organisation ON campaigns.host_requests USING btree (organisation_id);

CREATE INDEX host_requests_of_person ON campaigns.host_requests USING btree (person_id);

CREATE INDEX host_requests_of_session ON campaigns.host_requests USING btree (session_id);

CREATE INDEX idempotency_keys_by_age ON campaigns.idempotency_keys USING btree (created_at);

CREATE INDEX leavings_due ON campaigns.leavings USING btree (due_at);

CREATE INDEX link_requests_by_age ON campaigns.link_requests USING btree (asked_at);

CREATE INDEX link_requests_to_answer ON campaigns.link_requests USING btree (asked_at) WHERE (email IS NOT NULL);

CREATE INDEX listed_pupils_by_end ON campaigns.listed_pupils USING btree (kept_until);

CREATE INDEX listed_pupils_of_school ON campaigns.listed_pupils USING btree (organisation_id);

CREATE INDEX members_of_organisation ON campaigns.members USING btree (organisation_id);

CREATE INDEX offered_seats_to_remind ON campaigns.registrations USING btree (seat_remind_at) WHERE ((held_for = 'promotion'::text) AND (seat_remind_at IS NOT NULL));

CREATE INDEX offers_by_appearance ON campaigns.offer_search USING btree (listed_at DESC);

CREATE INDEX offers_by_words ON campaigns.offer_search USING gin (document);

CREATE INDEX offers_of_campaign ON campaigns.offers USING btree (campaign_id);

CREATE INDEX offers_of_organisation ON campaigns.offers USING btree (organisation_id);

CREATE INDEX offers_of_series ON campaigns.offers USING btree (series_id) WHERE (series_id IS NOT NULL);

CREATE UNIQUE INDEX one_living_registration_per_pupil ON campaigns.registrations USING btree (pupil_id, offer_id) WHERE (status = ANY (ARRAY['waiting'::text, 'held'::text, 'confirmed'::text]));

CREATE UNIQUE INDEX one_open_invitation_per_address ON campaigns.member_invitations USING btree (organisation_id, email) WHERE ((accepted_at IS NULL) AND (revoked_at IS NULL));

CREATE UNIQUE INDEX one_request_per_session_and_host ON campaigns.host_requests USING btree (session_id, organisation_id) WHERE (status = ANY (ARRAY['awaited'::text, 'confirmed'::text, 'proposed'::text]));

CREATE UNIQUE INDEX one_request_per_session_and_speaker ON campaigns.speaker_requests USING btree (session_id, speaker_id) WHERE (status = ANY (ARRAY['awaited'::text, 'confirmed'::text]));

CREATE UNIQUE INDEX one_slot_per_registration ON campaigns.follow_up_slots USING btree (registration_id) WHERE ((status = 'planned'::text) AND (registration_id IS NOT NULL));

CREATE UNIQUE INDEX one_speaker_of_a_name_per_bank ON campaigns.speakers USING btree (organisation_id, name, trade) NULLS NOT DISTINCT WHERE (removed_at IS NULL);

CREATE INDEX pupil_times_of_offer ON campaigns.pupil_times USING btree (offer_id);

CREATE INDEX pupils_of_named_school ON campaigns.pupils USING btree (lower(school_name)) WHERE (school_uai IS NULL);

CREATE INDEX pupils_of_school ON campaigns.pupils USING btree (school_uai) WHERE (school_uai IS NOT NULL);

CREATE INDEX questions_never_sent ON campaigns.questions USING btree (asked_at) WHERE (sent_at IS NULL);

CREATE INDEX questions_of_asker ON campaigns.questions USING btree (asker_id);

CREATE INDEX questions_of_offer ON campaigns.questions USING btree (offer_id, id);

CREATE INDEX questions_to_pass_on ON campaigns.questions USING btree (offer_id) WHERE ((sent_at IS NOT NULL) AND (passed_on_at IS NULL));

CREATE INDEX queue ON campaigns.registrations USING btree (offer_id, rank) WHERE (status = 'waiting'::text);

CREATE INDEX quotas_by_date ON campaigns.quotas USING btree (until) WHERE (released_at IS NULL);

CREATE INDEX quotas_of_offer ON campaigns.quotas USING btree (offer_id);

CREATE INDEX referent_teachers_of_pupil ON campaigns.referent_teachers USING btree (pupil_id, teacher_id);

CREATE INDEX referent_teachers_of_teacher ON campaigns.referent_teachers USING btree (teacher_id, status);

CREATE INDEX referent_teachers_to_tell ON campaigns.referent_teachers USING btree (teacher_id) WHERE ((told_at IS NULL) AND (status = 'asked'::text));

CREATE INDEX registrations_enrolled_by ON campaigns.registrations USING btree (enrolled_by) WHERE (enrolled_by IS NOT NULL);

CREATE INDEX registrations_enrolled_for ON campaigns.registrations USING btree (enrolled_for) WHERE (enrolled_for IS NOT NULL);

CREATE INDEX registrations_of_guardian ON campaigns.registrations USING btree (guardian_id) WHERE (guardian_id IS NOT NULL);

CREATE INDEX registrations_of_pupil ON campaigns.registrations USING btree (pupil_id);

CREATE INDEX rotation_sessions_of_offer ON campaigns.rotation_sessions USING btree (offer_id);

CREATE INDEX search_words_by_trigrams ON campaigns.search_words USING gin (word public.gin_trgm_ops);

CREATE INDEX search_words_by_word ON campaigns.search_words USING btree (word text_pattern_ops);

CREATE INDEX sessions_of_host ON campaigns.sessions USING btree (host_id);

CREATE INDEX sessions_of_offer ON campaigns.sessions USING btree (offer_id);

CREATE INDEX sign_ins_of_person ON campaigns.sign_ins USING btree (person_id, requested_at);

CREATE INDEX speaker_requests_awaited ON campaigns.speaker_requests USING btree (answer_by) WHERE (status = 'awaited'::text);

CREATE INDEX speaker_requests_of_session ON campaigns.speaker_requests USING btree (session_id);

CREATE INDEX speaker_requests_of_speaker ON campaigns.speaker_requests USING btree (speaker_id);

CREATE INDEX speakers_of_organisation ON campaigns.speakers USING btree (organisation_id);

CREATE INDEX speakers_of_person ON campaigns.speakers USING btree (person_id) WHERE (person_id IS NOT NULL);

CREATE INDEX standings_in_departements ON campaigns.standings USING gin (departements);

CREATE INDEX standings_of_host ON campaigns.standings USING btree (host_id);

CREATE INDEX standings_of_offer ON campaigns.standings USING btree (offer_id);

CREATE INDEX standings_of_sector ON campaigns.standings USING btree (sector);

CREATE INDEX tombstones ON campaigns.sessions USING btree (cancelled_at) WHERE ((cancelled_at IS NOT NULL) AND (removed_at IS NULL));

CREATE INDEX visits_of_session ON campaigns.visits USING btree (session_id);

CREATE INDEX visits_removed ON campaigns.visits USING btree (removed_at) WHERE (removed_at IS NOT NULL);

CREATE INDEX webinar_invitations_of ON campaigns.webinar_invitations USING btree (person_id);

CREATE INDEX webinars_of_organisation ON campaigns.webinars USING btree (organisation_id, id);

CREATE INDEX events_not_planned ON contract.events USING btree (id) WHERE (planned_at IS NULL);

CREATE INDEX events_of_offer ON contract.events USING btree (offer_id, id);

CREATE INDEX notices_of_pupil ON contract.events USING btree (((body ->> 'pupil_id'::text))) WHERE (tag = ANY (ARRAY['absence.announced'::text, 'absence.lifted'::text, 'follow_up.booked'::text, 'follow_up.cancelled'::text, 'absence.foreseen'::text, 'letter.received'::text, 'address.refused'::text]));

CREATE INDEX people_by_address ON contract.people USING btree (lower(email)) WHERE ((email IS NOT NULL) AND (erased_at IS NULL));

CREATE INDEX webhooks_of_organisation ON contract.webhooks USING btree (organisation_id, id) WHERE (ended_at IS NULL);

CREATE INDEX answers_of_delivery ON notifications.answers USING btree (delivery_id) WHERE (delivery_id IS NOT NULL);

CREATE INDEX answers_of_entry ON notifications.answers USING btree (entry_id) WHERE (entry_id IS NOT NULL);

CREATE INDEX answers_of_registration ON notifications.answers USING btree (registration_id, id);

CREATE INDEX answers_to_act_on ON notifications.answers USING btree (due_at) WHERE (state = 'read'::text);

CREATE INDEX calls_due ON notifications.calls USING btree (due_at, id) WHERE (state = 'due'::text);

CREATE INDEX calls_of_webhook ON notifications.calls USING btree (webhook_id, id DESC);

CREATE INDEX deliveries_by_due_time ON notifications.deliveries USING btree (due_at) WHERE (state = 'due'::text);

CREATE INDEX deliveries_due ON notifications.deliveries USING btree (priority, due_at, id) WHERE (state = 'due'::text);

CREATE INDEX deliveries_leased ON notifications.deliveries USING btree (lease_until) WHERE (state = 'sending'::text);

CREATE INDEX deliveries_of_offer ON notifications.deliveries USING btree (offer_id, planned_at);

CREATE INDEX deliveries_of_person ON notifications.deliveries USING btree (recipient_id) WHERE (state = ANY (ARRAY['due'::text, 'sending'::text]));

CREATE INDEX deliveries_of_registration ON notifications.deliveries USING btree (registration_id, recipient_id);

CREATE INDEX suppressions_by_delivery ON notifications.suppressions USING btree (delivery_id) WHERE (delivery_id IS NOT NULL);

CREATE TRIGGER campaign_sectors_searched AFTER INSERT OR UPDATE OF label ON campaigns.campaign_sectors FOR EACH ROW WHEN ((new.label <> ''::text)) EXECUTE FUNCTION campaigns.index_offers_of_campaign_sector();

CREATE TRIGGER campaigns_searched AFTER UPDATE OF title ON campaigns.campaigns FOR EACH ROW WHEN ((new.title <> old.title)) EXECUTE FUNCTION campaigns.index_offers_of_campaign();

CREATE TRIGGER consents_stay BEFORE UPDATE ON campaigns.consents FOR EACH ROW EXECUTE FUNCTION campaigns.refuse_change();

CREATE TRIGGER days_version BEFORE UPDATE ON campaigns.days FOR EACH ROW WHEN (((old.sector IS DISTINCT FROM new.sector) OR (old.emergency_phone IS DISTINCT FROM new.emergency_phone))) EXECUTE FUNCTION campaigns.raise_version();

CREATE TRIGGER groups_version BEFORE UPDATE ON campaigns.groups FOR EACH ROW WHEN ((old.name IS DISTINCT FROM new.name)) EXECUTE FUNCTION campaigns.raise_version();

CREATE TRIGGER offers_searched AFTER INSERT OR UPDATE OF title, summary, city, kind, campaign_id, organisation_id, status, programme_version ON campaigns.offers FOR EACH ROW WHEN ((new.status <> 'draft'::text)) EXECUTE FUNCTION campaigns.index_changed_offer();

CREATE TRIGGER organisations_searched AFTER UPDATE OF name ON campaigns.organisations FOR EACH ROW WHEN ((new.name <> old.name)) EXECUTE FUNCTION campaigns.index_offers_of_organisation();

CREATE TRIGGER sessions_version BEFORE UPDATE ON campaigns.sessions FOR EACH ROW EXECUTE FUNCTION campaigns.raise_version();

ALTER TABLE ONLY campaigns.accounts
    ADD CONSTRAINT accounts_person_id_fkey FOREIGN KEY (person_id) REFERENCES contract.people(id);

ALTER TABLE ONLY campaigns.agreements
    ADD CONSTRAINT agreements_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaigns.campaigns(id);

ALTER TABLE ONLY campaigns.agreements
    ADD CONSTRAINT agreements_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES campaigns.organisations(id);

ALTER TABLE ONLY campaigns.announced_absences
    ADD CONSTRAINT announced_absences_registration_id_fkey FOREIGN KEY (registration_id) REFERENCES campaigns.registrations(id);

ALTER TABLE ONLY campaigns.announced_absences
    ADD CONSTRAINT announced_absences_session_id_fkey FOREIGN KEY (session_id) REFERENCES campaigns.sessions(id) ON DELETE SET NULL;

ALTER TABLE ONLY campaigns.announced
    ADD CONSTRAINT announced_announcement_id_fkey FOREIGN KEY (announcement_id) REFERENCES campaigns.announcements(id);

ALTER TABLE ONLY campaigns.announced
    ADD CONSTRAINT announced_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaigns.campaigns(id);

ALTER TABLE ONLY campaigns.announced
    ADD CONSTRAINT announced_person_id_fkey FOREIGN KEY (person_id) REFERENCES contract.people(id);

ALTER TABLE ONLY campaigns.announcements
    ADD CONSTRAINT announcements_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaigns.campaigns(id);

ALTER TABLE ONLY campaigns.announcements
    ADD CONSTRAINT announcements_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES campaigns.organisations(id);

ALTER TABLE ONLY campaigns.api_tokens
    ADD CONSTRAINT api_tokens_created_by_fkey FOREIGN KEY (created_by) REFERENCES contract.people(id);

ALTER TABLE ONLY campaigns.api_tokens
    ADD CONSTRAINT api_tokens_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES campaigns.organisations(id);

ALTER TABLE ONLY campaigns.attendance
    ADD CONSTRAINT attendance_noted_by_fkey FOREIGN KEY (noted_by) REFERENCES contract.people(id);

ALTER TABLE ONLY campaigns.attendance
    ADD CONSTRAINT attendance_registration_id_fkey FOREIGN KEY (registration_id) REFERENCES campaigns.registrations(id);

ALTER TABLE ONLY campaigns.attendance
    ADD CONSTRAINT attendance_session_id_fkey FOREIGN KEY (session_id) REFERENCES campaigns.sessions(id) ON DELETE CASCADE;

ALTER TABLE ONLY campaigns.audit
    ADD CONSTRAINT audit_api_token_id_fkey FOREIGN KEY (api_token_id) REFERENCES campaigns.api_tokens(id);

ALTER TABLE ONLY campaigns.audit
    ADD CONSTRAINT audit_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaigns.campaigns(id);

ALTER TABLE ONLY campaigns.audit
    ADD CONSTRAINT audit_offer_id_fkey FOREIGN KEY (offer_id) REFERENCES campaigns.offers(id);

ALTER TABLE ONLY campaigns.audit
    ADD CONSTRAINT audit_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES campaigns.organisations(id);

ALTER TABLE ONLY campaigns.audit
    ADD CONSTRAINT audit_person_id_fkey FOREIGN KEY (person_id) REFERENCES contract.people(id);

ALTER TABLE ONLY campaigns.calendar_answers
    ADD CONSTRAINT calendar_answers_registration_id_fkey FOREIGN KEY (registration_id) REFERENCES campaigns.registrations(id) ON DELETE CASCADE;

ALTER TABLE ONLY campaigns.calendar_states
    ADD CONSTRAINT calendar_states_person_id_fkey FOREIGN KEY (person_id) REFERENCES contract.people(id);

ALTER TABLE ONLY campaigns.campaign_proposals
    ADD CONSTRAINT campaign_proposals_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaigns.campaigns(id);

ALTER TABLE ONLY campaigns.campaign_sectors
    ADD CONSTRAINT campaign_sectors_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaigns.campaigns(id);

ALTER TABLE ONLY campaigns.campaign_sectors
    ADD CONSTRAINT campaign_sectors_sector_fkey FOREIGN KEY (sector) REFERENCES campaigns.sectors(code);

ALTER TABLE ONLY campaigns.campaigns
    ADD CONSTRAINT campaigns_lead_id_fkey FOREIGN KEY (lead_id) REFERENCES campaigns.organisations(id);

ALTER TABLE ONLY campaigns.consents
    ADD CONSTRAINT consents_guardian_id_fkey FOREIGN KEY (guardian_id) REFERENCES contract.people(id);

ALTER TABLE ONLY campaigns.consents
    ADD CONSTRAINT consents_registration_id_fkey FOREIGN KEY (registration_id) REFERENCES campaigns.registrations(id) ON DELETE CASCADE;

ALTER TABLE ONLY campaigns.contacts
    ADD CONSTRAINT contacts_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES campaigns.organisations(id);

ALTER TABLE ONLY campaigns.contacts
    ADD CONSTRAINT contacts_person_id_fkey FOREIGN KEY (person_id) REFERENCES contract.people(id);

ALTER TABLE ONLY campaigns.correspondents_declined
    ADD CONSTRAINT correspondents_declined_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES campaigns.organisations(id);

ALTER TABLE ONLY campaigns.correspondents
    ADD CONSTRAINT correspondents_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES campaigns.organisations(id);

ALTER TABLE ONLY campaigns.correspondents
    ADD CONSTRAINT correspondents_person_id_fkey FOREIGN KEY (person_id) REFERENCES contract.people(id);

ALTER TABLE ONLY campaigns.days
    ADD CONSTRAINT days_offer_id_fkey FOREIGN KEY (offer_id) REFERENCES campaigns.offers(id);

ALTER TABLE ONLY campaigns.days
    ADD CONSTRAINT days_sector_fkey FOREIGN KEY (sector) REFERENCES campaigns.sectors(code);

ALTER TABLE ONLY campaigns.devices
    ADD CONSTRAINT devices_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES campaigns.organisations(id);

ALTER TABLE ONLY campaigns.devices
    ADD CONSTRAINT devices_person_id_fkey FOREIGN KEY (person_id) REFERENCES campaigns.accounts(person_id);

ALTER TABLE ONLY campaigns.digest_choices
    ADD CONSTRAINT digest_choices_person_id_fkey FOREIGN KEY (person_id) REFERENCES contract.people(id);

ALTER TABLE ONLY campaigns.digests
    ADD CONSTRAINT digests_member_id_fkey FOREIGN KEY (member_id) REFERENCES campaigns.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY campaigns.distinct_pupils
    ADD CONSTRAINT distinct_pupils_other_id_fkey FOREIGN KEY (other_id) REFERENCES campaigns.registrations(id);

ALTER TABLE ONLY campaigns.distinct_pupils
    ADD CONSTRAINT distinct_pupils_registration_id_fkey FOREIGN KEY (registration_id) REFERENCES campaigns.registrations(id);

ALTER TABLE ONLY campaigns.entry_answers
    ADD CONSTRAINT entry_answers_person_id_fkey FOREIGN KEY (person_id) REFERENCES contract.people(id) ON DELETE CASCADE;

ALTER TABLE ONLY campaigns.erasures
    ADD CONSTRAINT erasures_pupil_id_fkey FOREIGN KEY (pupil_id) REFERENCES campaigns.pupils(id);

ALTER TABLE ONLY campaigns.follow_up_slots
    ADD CONSTRAINT follow_up_slots_offer_id_fkey FOREIGN KEY (offer_id) REFERENCES campaigns.offers(id);

ALTER TABLE ONLY campaigns.follow_up_slots
    ADD CONSTRAINT follow_up_slots_person_id_fkey FOREIGN KEY (person_id) REFERENCES contract.people(id);

ALTER TABLE ONLY campaigns.follow_up_slots
    ADD CONSTRAINT follow_up_slots_pupil_id_fkey FOREIGN KEY (pupil_id) REFERENCES campaigns.pupils(id);

ALTER TABLE ONLY campaigns.follow_up_slots
    ADD CONSTRAINT follow_up_slots_registration_id_fkey FOREIGN KEY (registration_id) REFERENCES campaigns.registrations(id);

ALTER TABLE ONLY campaigns.follow_up_slots
    ADD CONSTRAINT follow_up_slots_session_id_fkey FOREIGN KEY (session_id) REFERENCES campaigns.sessions(id) ON DELETE SET NULL;

ALTER TABLE ONLY campaigns.former_standings
    ADD CONSTRAINT former_standings_offer_id_fkey FOREIGN KEY (offer_id) REFERENCES campaigns.offers(id);

ALTER TABLE ONLY campaigns.former_standings
    ADD CONSTRAINT former_standings_session_id_fkey FOREIGN KEY (session_id) REFERENCES campaigns.standings(session_id) ON DELETE CASCADE;

ALTER TABLE ONLY campaigns.groups
    ADD CONSTRAINT groups_offer_id_fkey FOREIGN KEY (offer_id) REFERENCES campaigns.offers(id);

ALTER TABLE ONLY campaigns.host_requests
    ADD CONSTRAINT host_requests_asked_by_fkey FOREIGN KEY (asked_by) REFERENCES contract.people(id);

ALTER TABLE ONLY campaigns.host_requests
    ADD CONSTRAINT host_requests_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES campaigns.organisations(id);

ALTER TABLE ONLY campaigns.host_requests
    ADD CONSTRAINT host_requests_person_id_fkey FOREIGN KEY (person_id) REFERENCES contract.people(id);

ALTER TABLE ONLY campaigns.host_requests
    ADD CONSTRAINT host_requests_session_id_fkey FOREIGN KEY (session_id) REFERENCES campaigns.sessions(id) ON DELETE CASCADE;

ALTER TABLE ONLY campaigns.leavings
    ADD CONSTRAINT leavings_registration_id_fkey FOREIGN KEY (registration_id) REFERENCES campaigns.registrations(id) ON DELETE CASCADE;

ALTER TABLE ONLY campaigns.listed_pupils
    ADD CONSTRAINT listed_pupils_id_fkey FOREIGN KEY (id) REFERENCES contract.people(id);

ALTER TABLE ONLY campaigns.listed_pupils
    ADD CONSTRAINT listed_pupils_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES campaigns.organisations(id);

ALTER TABLE ONLY campaigns.listed_pupils
    ADD CONSTRAINT listed_pupils_teacher_id_fkey FOREIGN KEY (teacher_id) REFERENCES contract.people(id);

ALTER TABLE ONLY campaigns.member_invitations
    ADD CONSTRAINT member_invitations_invited_by_fkey FOREIGN KEY (invited_by) REFERENCES contract.people(id);

ALTER TABLE ONLY campaigns.member_invitations
    ADD CONSTRAINT member_invitations_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES campaigns.organisations(id);

ALTER TABLE ONLY campaigns.member_invitations
    ADD CONSTRAINT member_invitations_person_id_fkey FOREIGN KEY (person_id) REFERENCES contract.people(id);

ALTER TABLE ONLY campaigns.members
    ADD CONSTRAINT members_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES campaigns.organisations(id);

ALTER TABLE ONLY campaigns.members
    ADD CONSTRAINT members_person_id_fkey FOREIGN KEY (person_id) REFERENCES campaigns.accounts(person_id);

ALTER TABLE ONLY campaigns.offer_search
    ADD CONSTRAINT offer_search_offer_id_fkey FOREIGN KEY (offer_id) REFERENCES campaigns.offers(id) ON DELETE CASCADE;

ALTER TABLE ONLY campaigns.offers
    ADD CONSTRAINT offers_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaigns.campaigns(id);

ALTER TABLE ONLY campaigns.offers
    ADD CONSTRAINT offers_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES campaigns.organisations(id);

ALTER TABLE ONLY campaigns.programmes_seen
    ADD CONSTRAINT programmes_seen_registration_id_fkey FOREIGN KEY (registration_id) REFERENCES campaigns.registrations(id) ON DELETE CASCADE;

ALTER TABLE ONLY campaigns.pupil_times
    ADD CONSTRAINT pupil_times_offer_id_fkey FOREIGN KEY (offer_id) REFERENCES campaigns.offers(id);

ALTER TABLE ONLY campaigns.pupil_times
    ADD CONSTRAINT pupil_times_pupil_id_fkey FOREIGN KEY (pupil_id) REFERENCES campaigns.pupils(id);

ALTER TABLE ONLY campaigns.pupil_times
    ADD CONSTRAINT pupil_times_registration_id_fkey FOREIGN KEY (registration_id) REFERENCES campaigns.registrations(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY campaigns.pupils
    ADD CONSTRAINT pupils_guardian_id_fkey FOREIGN KEY (guardian_id) REFERENCES contract.people(id);

ALTER TABLE ONLY campaigns.pupils
    ADD CONSTRAINT pupils_id_fkey FOREIGN KEY (id) REFERENCES contract.people(id);

ALTER TABLE ONLY campaigns.questions
    ADD CONSTRAINT questions_asker_id_fkey FOREIGN KEY (asker_id) REFERENCES contract.people(id);

ALTER TABLE ONLY campaigns.questions
    ADD CONSTRAINT questions_offer_id_fkey FOREIGN KEY (offer_id) REFERENCES campaigns.offers(id) ON DELETE CASCADE;

ALTER TABLE ONLY campaigns.quotas
    ADD CONSTRAINT quotas_offer_id_fkey FOREIGN KEY (offer_id) REFERENCES campaigns.offers(id);

ALTER TABLE ONLY campaigns.referent_teachers
    ADD CONSTRAINT referent_teachers_pupil_id_fkey FOREIGN KEY (pupil_id) REFERENCES campaigns.pupils(id) ON DELETE CASCADE;

ALTER TABLE ONLY campaigns.referent_teachers
    ADD CONSTRAINT referent_teachers_registration_id_fkey FOREIGN KEY (registration_id) REFERENCES campaigns.registrations(id) ON DELETE CASCADE;

ALTER TABLE ONLY campaigns.referent_teachers
    ADD CONSTRAINT referent_teachers_teacher_id_fkey FOREIGN KEY (teacher_id) REFERENCES campaigns.referents(person_id) ON DELETE CASCADE;

ALTER TABLE ONLY campaigns.referents
    ADD CONSTRAINT referents_person_id_fkey FOREIGN KEY (person_id) REFERENCES contract.people(id);

ALTER TABLE ONLY campaigns.registrations
    ADD CONSTRAINT registrations_enrolled_by_fkey FOREIGN KEY (enrolled_by) REFERENCES contract.people(id);

ALTER TABLE ONLY campaigns.registrations
    ADD CONSTRAINT registrations_enrolled_for_fkey FOREIGN KEY (enrolled_for) REFERENCES campaigns.organisations(id);

ALTER TABLE ONLY campaigns.registrations
    ADD CONSTRAINT registrations_group_id_fkey FOREIGN KEY (group_id) REFERENCES campaigns.groups(id);

ALTER TABLE ONLY campaigns.registrations
    ADD CONSTRAINT registrations_guardian_id_fkey FOREIGN KEY (guardian_id) REFERENCES contract.people(id);

ALTER TABLE ONLY campaigns.registrations
    ADD CONSTRAINT registrations_offer_id_fkey FOREIGN KEY (offer_id) REFERENCES campaigns.offers(id);

ALTER TABLE ONLY campaigns.registrations
    ADD CONSTRAINT registrations_pupil_id_fkey FOREIGN KEY (pupil_id) REFERENCES campaigns.pupils(id);

ALTER TABLE ONLY campaigns.rotation_sessions
    ADD CONSTRAINT rotation_sessions_offer_id_fkey FOREIGN KEY (offer_id) REFERENCES campaigns.offers(id) ON DELETE CASCADE;

ALTER TABLE ONLY campaigns.rotation_sessions
    ADD CONSTRAINT rotation_sessions_session_id_fkey FOREIGN KEY (session_id) REFERENCES campaigns.sessions(id) ON DELETE CASCADE;

ALTER TABLE ONLY campaigns.rotations
    ADD CONSTRAINT rotations_offer_id_fkey FOREIGN KEY (offer_id) REFERENCES campaigns.offers(id) ON DELETE CASCADE;

ALTER TABLE ONLY campaigns.session_speakers
    ADD CONSTRAINT session_speakers_session_id_fkey FOREIGN KEY (session_id) REFERENCES campaigns.sessions(id) ON DELETE CASCADE;

ALTER TABLE ONLY campaigns.session_speakers
    ADD CONSTRAINT session_speakers_speaker_id_fkey FOREIGN KEY (speaker_id) REFERENCES campaigns.speakers(id);

ALTER TABLE ONLY campaigns.sessions
    ADD CONSTRAINT sessions_day_id_fkey FOREIGN KEY (day_id) REFERENCES campaigns.days(id);

ALTER TABLE ONLY campaigns.sessions
    ADD CONSTRAINT sessions_group_id_fkey FOREIGN KEY (group_id) REFERENCES campaigns.groups(id);

ALTER TABLE ONLY campaigns.sessions
    ADD CONSTRAINT sessions_host_id_fkey FOREIGN KEY (host_id) REFERENCES campaigns.organisations(id);

ALTER TABLE ONLY campaigns.sessions
    ADD CONSTRAINT sessions_offer_id_fkey FOREIGN KEY (offer_id) REFERENCES campaigns.offers(id);

ALTER TABLE ONLY campaigns.sessions
    ADD CONSTRAINT sessions_site_id_fkey FOREIGN KEY (site_id) REFERENCES campaigns.sites(id);

ALTER TABLE ONLY campaigns.sign_ins
    ADD CONSTRAINT sign_ins_person_id_fkey FOREIGN KEY (person_id) REFERENCES campaigns.accounts(person_id);

ALTER TABLE ONLY campaigns.sites
    ADD CONSTRAINT sites_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES campaigns.organisations(id);

ALTER TABLE ONLY campaigns.speaker_requests
    ADD CONSTRAINT speaker_requests_session_id_fkey FOREIGN KEY (session_id) REFERENCES campaigns.sessions(id) ON DELETE CASCADE;

ALTER TABLE ONLY campaigns.speaker_requests
    ADD CONSTRAINT speaker_requests_speaker_id_fkey FOREIGN KEY (speaker_id) REFERENCES campaigns.speakers(id);

ALTER TABLE ONLY campaigns.speakers
    ADD CONSTRAINT speakers_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES campaigns.organisations(id);

ALTER TABLE ONLY campaigns.speakers
    ADD CONSTRAINT speakers_person_id_fkey FOREIGN KEY (person_id) REFERENCES contract.people(id);

ALTER TABLE ONLY campaigns.speakers
    ADD CONSTRAINT speakers_sector_fkey FOREIGN KEY (sector) REFERENCES campaigns.sectors(code);

ALTER TABLE ONLY campaigns.standings
    ADD CONSTRAINT standings_offer_id_fkey FOREIGN KEY (offer_id) REFERENCES campaigns.offers(id);

ALTER TABLE ONLY campaigns.standings
    ADD CONSTRAINT standings_session_id_fkey FOREIGN KEY (session_id) REFERENCES campaigns.sessions(id) ON DELETE CASCADE;

ALTER TABLE ONLY campaigns.visits
    ADD CONSTRAINT visits_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES campaigns.organisations(id);

ALTER TABLE ONLY campaigns.visits
    ADD CONSTRAINT visits_session_id_fkey FOREIGN KEY (session_id) REFERENCES campaigns.sessions(id) ON DELETE CASCADE;

ALTER TABLE ONLY campaigns.visits
    ADD CONSTRAINT visits_teacher_id_fkey FOREIGN KEY (teacher_id) REFERENCES contract.people(id);

ALTER TABLE ONLY campaigns.webinar_invitations
    ADD CONSTRAINT webinar_invitations_person_id_fkey FOREIGN KEY (person_id) REFERENCES contract.people(id);

ALTER TABLE ONLY campaigns.webinar_invitations
    ADD CONSTRAINT webinar_invitations_webinar_id_fkey FOREIGN KEY (webinar_id) REFERENCES campaigns.webinars(id);

ALTER TABLE ONLY campaigns.webinars
    ADD CONSTRAINT webinars_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES campaigns.organisations(id);

ALTER TABLE ONLY campaigns.wordings
    ADD CONSTRAINT wordings_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaigns.campaigns(id) ON DELETE CASCADE;

ALTER TABLE ONLY contract.call_requests
    ADD CONSTRAINT call_requests_webhook_id_fkey FOREIGN KEY (webhook_id) REFERENCES contract.webhooks(id);

ALTER TABLE ONLY contract.unwanted
    ADD CONSTRAINT unwanted_person_id_fkey FOREIGN KEY (person_id) REFERENCES contract.people(id) ON DELETE CASCADE;
