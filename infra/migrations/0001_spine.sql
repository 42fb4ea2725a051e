-- The spine: who plans, what is offered, who has a seat, what has happened, what is sent.
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE SCHEMA contract;
CREATE SCHEMA campaigns;
CREATE SCHEMA notifications;

-- contract: what both services know -------------------------------------------------------------

CREATE TABLE contract.people (
    id uuid PRIMARY KEY,
    first_name text NOT NULL,
    last_name text NOT NULL,
    email text,
    language text NOT NULL DEFAULT 'fr' CHECK (language IN ('fr', 'en')),
    erased_at timestamptz
);

-- A programme as it stood at one version: written once, never changed; events name it by (offer, version).
CREATE TABLE contract.programmes (
    offer_id uuid NOT NULL,
    version integer NOT NULL,
    body jsonb NOT NULL,
    PRIMARY KEY (offer_id, version)
);

CREATE TABLE contract.events (
    id uuid PRIMARY KEY,
    tag text NOT NULL,
    offer_id uuid NOT NULL,
    occurred_at timestamptz NOT NULL,
    body jsonb NOT NULL,
    planned_at timestamptz
);
CREATE INDEX events_not_planned ON contract.events (id) WHERE planned_at IS NULL;
CREATE INDEX events_of_offer ON contract.events (offer_id, id);

-- campaigns --------------------------------------------------------------------------------------

CREATE TABLE campaigns.sectors (
    code text PRIMARY KEY CHECK (code ~ '^s[0-9]{1,2}$'),
    label text NOT NULL UNIQUE,
    family text NOT NULL,
    tension smallint CHECK (tension BETWEEN 1 AND 5),
    tension_source text,
    tension_year smallint,
    tension_territory text,
    CONSTRAINT no_tension_without_a_source
        CHECK (tension IS NULL OR (tension_source IS NOT NULL AND tension_year IS NOT NULL))
);

CREATE TABLE campaigns.organisations (
    id uuid PRIMARY KEY,
    slug text NOT NULL UNIQUE,
    kind text NOT NULL CHECK (kind IN ('federation', 'agency', 'school_authority', 'school', 'company', 'local_authority')),
    name text NOT NULL,
    siret text UNIQUE CHECK (siret ~ '^[0-9]{14}$'),
    uai text UNIQUE CHECK (uai ~ '^[0-9]{7}[A-Z]$')
);

CREATE TABLE campaigns.sites (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL REFERENCES campaigns.organisations,
    address text NOT NULL,
    latitude double precision,
    longitude double precision,
    pupils_at_most integer CHECK (pupils_at_most > 0),
    UNIQUE (organisation_id, address)
);

CREATE TABLE campaigns.speakers (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    trade text NOT NULL DEFAULT '',
    UNIQUE (name, trade)
);

CREATE TABLE campaigns.campaigns (
    id uuid PRIMARY KEY,
    slug text NOT NULL UNIQUE,
    title text NOT NULL,
    presentation text NOT NULL DEFAULT '',
    period daterange NOT NULL,
    departements text[] NOT NULL DEFAULT '{}'
);

CREATE TABLE campaigns.campaign_sectors (
    campaign_id uuid NOT NULL REFERENCES campaigns.campaigns,
    sector text NOT NULL REFERENCES campaigns.sectors,
    label text NOT NULL DEFAULT '',
    PRIMARY KEY (campaign_id, sector)
);

CREATE TABLE campaigns.agreements (
    campaign_id uuid NOT NULL REFERENCES campaigns.campaigns,
    organisation_id uuid NOT NULL REFERENCES campaigns.organisations,
    agreed_at timestamptz,
    PRIMARY KEY (campaign_id, organisation_id)
);

CREATE TABLE campaigns.offers (
    id uuid PRIMARY KEY,
    slug text NOT NULL UNIQUE,
    campaign_id uuid NOT NULL REFERENCES campaigns.campaigns,
    organisation_id uuid NOT NULL REFERENCES campaigns.organisations,
    series_id uuid,
    kind text NOT NULL CHECK (kind IN ('collective_week', 'hosting', 'workshop', 'information_morning')),
    audience text NOT NULL DEFAULT 'pupils' CHECK (audience IN ('pupils', 'schools')),
    title text NOT NULL,
    summary text NOT NULL DEFAULT '',
    city text NOT NULL DEFAULT '',
    contact text NOT NULL DEFAULT '',
    status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'published', 'closed', 'over', 'cancelled')),
    opens_at timestamptz,
    closes_at timestamptz,
    -- seats: `taken` counts held and confirmed, `waiting` the queue; both move under this row's lock only
    seats integer NOT NULL CHECK (seats >= 0),
    taken integer NOT NULL DEFAULT 0,
    waiting integer NOT NULL DEFAULT 0 CHECK (waiting >= 0),
    next_rank bigint NOT NULL DEFAULT 1,
    revision integer NOT NULL DEFAULT 0,
    -- calendar: the first instance of the series, fixed when the offer is published (RFC 5545 §3.8.5.3)
    series_starts_at timestamptz,
    series_ends_at timestamptz,
    programme_version integer NOT NULL DEFAULT 0,
    programme_changed_at timestamptz,
    busy tstzmultirange NOT NULL DEFAULT '{}',
    cancelled_at timestamptz,
    CONSTRAINT never_more_taken_than_seats CHECK (taken BETWEEN 0 AND seats)
);
CREATE INDEX offers_of_campaign ON campaigns.offers (campaign_id);
CREATE INDEX offers_of_organisation ON campaigns.offers (organisation_id);

CREATE TABLE campaigns.groups (
    id uuid PRIMARY KEY,
    offer_id uuid NOT NULL REFERENCES campaigns.offers,
    name text NOT NULL,
    UNIQUE (offer_id, name)
);

CREATE TABLE campaigns.days (
    id uuid PRIMARY KEY,
    offer_id uuid NOT NULL REFERENCES campaigns.offers,
    date date NOT NULL,
    -- the date of the series' instance this day stands for; kept when the day moves (RECURRENCE-ID)
    instance_on date NOT NULL,
    sector text REFERENCES campaigns.sectors,
    UNIQUE (offer_id, date),
    UNIQUE (offer_id, instance_on)
);

CREATE TABLE campaigns.sessions (
    id uuid PRIMARY KEY,
    offer_id uuid NOT NULL REFERENCES campaigns.offers,
    day_id uuid NOT NULL REFERENCES campaigns.days,
    group_id uuid REFERENCES campaigns.groups,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    during tstzrange NOT NULL GENERATED ALWAYS AS (tstzrange(starts_at, ends_at)) STORED,
    title text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('welcome', 'visit', 'workshop', 'testimony', 'debrief', 'meal')),
    host_id uuid REFERENCES campaigns.organisations,
    site_id uuid REFERENCES campaigns.sites,
    place text NOT NULL DEFAULT '',
    room text,
    contact text NOT NULL DEFAULT '',
    meeting_point text NOT NULL DEFAULT '',
    access text NOT NULL DEFAULT '',
    bring text NOT NULL DEFAULT '',
    online_url text,
    status text NOT NULL DEFAULT 'planned' CHECK (status IN ('planned', 'cancelled')),
    sequence integer NOT NULL DEFAULT 0,
    changed_at timestamptz NOT NULL,
    cancelled_at timestamptz,
    -- set when a cancelled session's tombstone leaves the feeds (90 days)
    removed_at timestamptz,
    CONSTRAINT session_ends_after_its_start CHECK (starts_at < ends_at),
    CONSTRAINT room_in_one_use_at_a_time
        EXCLUDE USING gist (site_id WITH =, room WITH =, during WITH &&)
        WHERE (status = 'planned' AND site_id IS NOT NULL AND room IS NOT NULL)
);
CREATE INDEX sessions_of_offer ON campaigns.sessions (offer_id);
CREATE INDEX sessions_of_host ON campaigns.sessions (host_id);
CREATE INDEX tombstones ON campaigns.sessions (cancelled_at) WHERE cancelled_at IS NOT NULL AND removed_at IS NULL;

CREATE TABLE campaigns.session_speakers (
    session_id uuid NOT NULL REFERENCES campaigns.sessions ON DELETE CASCADE,
    speaker_id uuid NOT NULL REFERENCES campaigns.speakers,
    during tstzrange NOT NULL,
    PRIMARY KEY (session_id, speaker_id),
    CONSTRAINT speaker_in_one_place_at_a_time EXCLUDE USING gist (speaker_id WITH =, during WITH &&)
);

-- A pupil's id is the id of the person; names and addresses are in contract.people alone.
CREATE TABLE campaigns.pupils (
    id uuid PRIMARY KEY REFERENCES contract.people,
    guardian_id uuid REFERENCES contract.people,
    -- keyed hash of normalised names, school and contact address: the same pupil (design: domain)
    identity bytea NOT NULL UNIQUE,
    school_name text NOT NULL,
    school_uai text,
    class_name text NOT NULL DEFAULT '',
    feed_version integer NOT NULL DEFAULT 1
);

CREATE TABLE campaigns.registrations (
    id uuid PRIMARY KEY,
    offer_id uuid NOT NULL REFERENCES campaigns.offers,
    pupil_id uuid NOT NULL REFERENCES campaigns.pupils,
    -- who was named with this registration; where nobody was, the guardian the pupil was first known with
    guardian_id uuid REFERENCES contract.people,
    group_id uuid REFERENCES campaigns.groups,
    status text NOT NULL
        CHECK (status IN ('waiting', 'held', 'confirmed', 'withdrawn', 'refused', 'expired', 'cancelled')),
    rank bigint NOT NULL,
    held_for text CHECK (held_for IN ('promotion', 'address', 'consent')),
    deadline timestamptz,
    token_version smallint NOT NULL DEFAULT 1,
    idempotency_key text NOT NULL,
    body_hash bytea NOT NULL,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    link_requested_at timestamptz,
    UNIQUE (offer_id, rank),
    -- the selective column first: an index that begins with the offer misleads the planner on one hot offer
    UNIQUE (idempotency_key, offer_id),
    CONSTRAINT a_hold_has_a_reason_and_a_deadline
        CHECK ((status = 'held') = (held_for IS NOT NULL AND deadline IS NOT NULL))
);
CREATE UNIQUE INDEX one_living_registration_per_pupil ON campaigns.registrations (pupil_id, offer_id)
    WHERE status IN ('waiting', 'held', 'confirmed');
CREATE INDEX registrations_of_pupil ON campaigns.registrations (pupil_id);
CREATE INDEX queue ON campaigns.registrations (offer_id, rank) WHERE status = 'waiting';
CREATE INDEX holds_by_deadline ON campaigns.registrations (deadline) WHERE status = 'held';

-- The time a pupil has given: one row per held or confirmed registration.
CREATE TABLE campaigns.pupil_times (
    -- deferred: the time is taken first, and decides whether the registration is written
    registration_id uuid PRIMARY KEY REFERENCES campaigns.registrations DEFERRABLE INITIALLY DEFERRED,
    offer_id uuid NOT NULL REFERENCES campaigns.offers,
    pupil_id uuid NOT NULL REFERENCES campaigns.pupils,
    busy tstzmultirange NOT NULL,
    CONSTRAINT pupil_in_one_place_at_a_time EXCLUDE USING gist (pupil_id WITH =, busy WITH &&)
);
CREATE INDEX pupil_times_of_offer ON campaigns.pupil_times (offer_id);

-- What a feed's ETag is made of: one row per public feed, raised with every change it shows.
CREATE TABLE campaigns.feeds (
    slug text PRIMARY KEY,
    scope text NOT NULL CHECK (scope IN ('offer', 'campaign', 'organisation', 'sector')),
    subject text NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL,
    UNIQUE (scope, subject)
);

-- notifications ----------------------------------------------------------------------------------

-- The newest calendar of each registration: what the next message carries, whatever order facts arrive in.
CREATE TABLE notifications.calendars (
    registration_id uuid PRIMARY KEY,
    offer_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    guardian_id uuid,
    group_id uuid,
    status text NOT NULL,
    deadline timestamptz,
    sequence integer NOT NULL,
    programme_version integer NOT NULL,
    occurred_at timestamptz NOT NULL,
    -- kept for life: a change of keys must not change the organiser of an invitation
    reply_address text NOT NULL,
    -- the highest SEQUENCE a mail server has accepted for this registration; null before the first
    sequence_sent integer
);

CREATE TABLE notifications.deliveries (
    id uuid PRIMARY KEY,
    event_id uuid NOT NULL,
    message text NOT NULL,
    recipient_id uuid NOT NULL,
    registration_id uuid,
    offer_id uuid NOT NULL,
    sequence integer NOT NULL,
    priority smallint NOT NULL DEFAULT 5,
    due_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'due'
        CHECK (state IN ('due', 'sending', 'sent', 'failed', 'superseded', 'suppressed')),
    attempts integer NOT NULL DEFAULT 0,
    lease_until timestamptz,
    message_id text NOT NULL,
    calendar_uid text,
    calendar_sequence integer,
    calendar_method text CHECK (calendar_method IN ('REQUEST', 'CANCEL', 'PUBLISH')),
    recipient_address text,
    mail bytea,
    planned_at timestamptz NOT NULL,
    sent_at timestamptz,
    answer text NOT NULL DEFAULT '',
    superseded_by uuid,
    UNIQUE (event_id, message, recipient_id)
);
-- compressing a mail costs more than writing it
ALTER TABLE notifications.deliveries ALTER COLUMN mail SET STORAGE EXTERNAL;
CREATE INDEX deliveries_due ON notifications.deliveries (priority, due_at, id) WHERE state = 'due';
CREATE INDEX deliveries_leased ON notifications.deliveries (lease_until) WHERE state = 'sending';
CREATE INDEX deliveries_of_registration ON notifications.deliveries (registration_id, recipient_id);
CREATE INDEX deliveries_of_offer ON notifications.deliveries (offer_id, planned_at);
