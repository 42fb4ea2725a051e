-- Planning: who signs in and acts for whom, who has agreed, who hosts, who testifies, what was done by whom.

-- Not every fact is about an offer: a sign-in, an invitation, an agreement.
ALTER TABLE contract.events ALTER COLUMN offer_id DROP NOT NULL;

-- people and organisations ---------------------------------------------------------------------------

-- Somebody who may sign in. The address is the account: who reads its mail is the person.
CREATE TABLE campaigns.accounts (
    person_id uuid PRIMARY KEY REFERENCES contract.people,
    email text NOT NULL UNIQUE CHECK (email = lower(email)),
    -- issuer and subject of OpenID Connect, once the person has come that way
    oidc_subject text UNIQUE,
    created_at timestamptz NOT NULL
);

CREATE TABLE campaigns.members (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL REFERENCES campaigns.organisations,
    person_id uuid NOT NULL REFERENCES campaigns.accounts,
    role text NOT NULL CHECK (role IN ('owner', 'planner', 'host', 'teacher', 'viewer')),
    joined_at timestamptz NOT NULL,
    UNIQUE (person_id, organisation_id)
);
CREATE INDEX members_of_organisation ON campaigns.members (organisation_id);

-- An invitation to join an organisation; the link of its mail is derived from the id.
CREATE TABLE campaigns.member_invitations (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL REFERENCES campaigns.organisations,
    person_id uuid NOT NULL REFERENCES contract.people,
    email text NOT NULL CHECK (email = lower(email)),
    role text NOT NULL CHECK (role IN ('owner', 'planner', 'host', 'teacher', 'viewer')),
    invited_by uuid REFERENCES contract.people,
    invited_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    accepted_at timestamptz,
    revoked_at timestamptz
);
CREATE UNIQUE INDEX one_open_invitation_per_address ON campaigns.member_invitations (organisation_id, email)
    WHERE accepted_at IS NULL AND revoked_at IS NULL;

-- A magic link: asked for, valid a quarter of an hour, used once. Its secret is derived from the id.
CREATE TABLE campaigns.sign_ins (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES campaigns.accounts,
    requested_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX sign_ins_of_person ON campaigns.sign_ins (person_id, requested_at);

-- A browser somebody is signed in with (a session is one thing of a programme here). The cookie's secret is random;
-- its hash alone is kept.
CREATE TABLE campaigns.devices (
    id uuid PRIMARY KEY,
    secret_hash bytea NOT NULL UNIQUE,
    person_id uuid NOT NULL REFERENCES campaigns.accounts,
    -- for whom the person acts on this device
    organisation_id uuid REFERENCES campaigns.organisations,
    agent text NOT NULL DEFAULT '',
    signed_in_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX devices_of_person ON campaigns.devices (person_id);

CREATE TABLE campaigns.api_tokens (
    id uuid PRIMARY KEY,
    secret_hash bytea NOT NULL UNIQUE,
    organisation_id uuid NOT NULL REFERENCES campaigns.organisations,
    name text NOT NULL,
    -- actions of the access table; never more than the role it acts with
    role text NOT NULL CHECK (role IN ('planner', 'host', 'teacher', 'viewer')),
    created_by uuid REFERENCES contract.people,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    last_used_at timestamptz,
    revoked_at timestamptz
);
CREATE INDEX api_tokens_of_organisation ON campaigns.api_tokens (organisation_id);

-- Who did what, written in the verb's transaction. `detail` is a French sentence for planners, without pupils' names.
CREATE TABLE campaigns.audit (
    id uuid PRIMARY KEY,
    occurred_at timestamptz NOT NULL,
    action text NOT NULL,
    detail text NOT NULL DEFAULT '',
    person_id uuid REFERENCES contract.people,
    api_token_id uuid REFERENCES campaigns.api_tokens,
    organisation_id uuid REFERENCES campaigns.organisations,
    campaign_id uuid REFERENCES campaigns.campaigns,
    offer_id uuid REFERENCES campaigns.offers
);
CREATE INDEX audit_of_offer ON campaigns.audit (offer_id, id);
CREATE INDEX audit_of_campaign ON campaigns.audit (campaign_id, id);
CREATE INDEX audit_of_organisation ON campaigns.audit (organisation_id, id);

-- The answer given to a write, for who repeats it with the same key within a day.
CREATE TABLE campaigns.idempotency_keys (
    actor uuid NOT NULL,
    route text NOT NULL,
    key text NOT NULL,
    body_hash bytea NOT NULL,
    status smallint,
    answer text,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (actor, route, key)
);
CREATE INDEX idempotency_keys_by_age ON campaigns.idempotency_keys (created_at);

-- campaigns --------------------------------------------------------------------------------------------

-- The organisation that leads: it proposes the text, invites partners.
ALTER TABLE campaigns.campaigns
    ADD COLUMN lead_id uuid REFERENCES campaigns.organisations,
    ADD COLUMN agreed_version integer NOT NULL DEFAULT 0,
    ADD COLUMN cancelled_at timestamptz;

-- What a campaign is to become: shown to its partners, applied to `campaigns` when all have agreed to this version.
CREATE TABLE campaigns.campaign_proposals (
    campaign_id uuid PRIMARY KEY REFERENCES campaigns.campaigns,
    version integer NOT NULL,
    title text NOT NULL,
    presentation text NOT NULL,
    period daterange NOT NULL,
    departements text[] NOT NULL,
    -- [{"sector": "s21", "label": "Nucléaire"}, …], one or two
    sectors jsonb NOT NULL,
    -- what changed since the version agreed before, a French sentence a line
    changes text[] NOT NULL DEFAULT '{}',
    proposed_at timestamptz NOT NULL
);

-- One partner's answer to the newest version it was asked about. `agreed_at` is its first yes: offers can be published
-- while a later round is open, as the version agreed before stays shown.
ALTER TABLE campaigns.agreements
    ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    ADD COLUMN asked_version integer NOT NULL DEFAULT 1,
    ADD COLUMN agreed_version integer NOT NULL DEFAULT 0,
    ADD COLUMN asked_at timestamptz,
    ADD COLUMN declined_at timestamptz,
    ADD COLUMN reminded_at timestamptz,
    ADD COLUMN left_at timestamptz,
    ADD COLUMN word text NOT NULL DEFAULT '';
UPDATE campaigns.agreements SET agreed_version = 1 WHERE agreed_at IS NOT NULL;

-- Whom a request to an organisation goes to (agreement, hosting) besides its owners; needs no account.
CREATE TABLE campaigns.contacts (
    organisation_id uuid NOT NULL REFERENCES campaigns.organisations,
    person_id uuid NOT NULL REFERENCES contract.people,
    phone text NOT NULL DEFAULT '',
    PRIMARY KEY (organisation_id, person_id)
);

-- offers ------------------------------------------------------------------------------------------------

ALTER TABLE campaigns.offers
    -- who may register; empty: everybody
    ADD COLUMN grades text[] NOT NULL DEFAULT '{}' CHECK (grades <@ '{quatrieme,troisieme,seconde,premiere,terminale}'),
    ADD COLUMN departements text[] NOT NULL DEFAULT '{}',
    ADD COLUMN school_uais text[] NOT NULL DEFAULT '{}',
    -- one must have a seat in one of the series' workshops (a workshop of a week that is required)
    ADD COLUMN required boolean NOT NULL DEFAULT false,
    ADD COLUMN closed_at timestamptz,
    -- raised by every edit of the offer itself by a planner: what If-Match compares
    ADD COLUMN edition integer NOT NULL DEFAULT 1;

ALTER TABLE campaigns.days ADD COLUMN emergency_phone text NOT NULL DEFAULT '';

-- Raised by every change of a row, whoever makes it: two planners never overwrite one another unknowingly.
ALTER TABLE campaigns.sessions
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN expected text NOT NULL DEFAULT '';

CREATE FUNCTION campaigns.raise_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := OLD.version + 1;
    RETURN NEW;
END
$$;
CREATE TRIGGER sessions_version BEFORE UPDATE ON campaigns.sessions
    FOR EACH ROW EXECUTE FUNCTION campaigns.raise_version();

-- hosts ---------------------------------------------------------------------------------------------------

-- A company is asked to host one session. The link of its mail is derived from id and token_version.
CREATE TABLE campaigns.host_requests (
    id uuid PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES campaigns.sessions ON DELETE CASCADE,
    organisation_id uuid NOT NULL REFERENCES campaigns.organisations,
    person_id uuid NOT NULL REFERENCES contract.people,
    status text NOT NULL DEFAULT 'awaited'
        CHECK (status IN ('awaited', 'confirmed', 'proposed', 'declined', 'withdrawn', 'replaced')),
    word text NOT NULL DEFAULT '',
    proposed_starts_at timestamptz,
    proposed_ends_at timestamptz,
    asked_by uuid REFERENCES contract.people,
    asked_at timestamptz NOT NULL,
    answer_by timestamptz NOT NULL,
    answered_at timestamptz,
    reminded_at timestamptz,
    token_version smallint NOT NULL DEFAULT 1,
    CONSTRAINT proposed_times_come_together CHECK (
        (proposed_starts_at IS NULL) = (proposed_ends_at IS NULL)
        AND (proposed_starts_at IS NULL OR proposed_starts_at < proposed_ends_at))
);
CREATE UNIQUE INDEX one_request_per_session_and_host ON campaigns.host_requests (session_id, organisation_id)
    WHERE status IN ('awaited', 'confirmed', 'proposed');
CREATE INDEX host_requests_of_organisation ON campaigns.host_requests (organisation_id);
CREATE INDEX host_requests_awaited ON campaigns.host_requests (answer_by) WHERE status = 'awaited';

-- When the planner shared the pupils' names with the hosts of an offer.
ALTER TABLE campaigns.offers ADD COLUMN names_shared_at timestamptz;

-- speakers ------------------------------------------------------------------------------------------------

ALTER TABLE campaigns.speakers
    ADD COLUMN person_id uuid REFERENCES contract.people,
    ADD COLUMN employer text NOT NULL DEFAULT '',
    ADD COLUMN sector text REFERENCES campaigns.sectors,
    -- whose bank the speaker is in
    ADD COLUMN organisation_id uuid REFERENCES campaigns.organisations,
    -- when the speaker agreed to be contacted again; null: for this time only
    ADD COLUMN contact_again_at timestamptz;
CREATE INDEX speakers_of_organisation ON campaigns.speakers (organisation_id);

-- `session_speakers` holds the time of who is asked or has said yes; who declines leaves it, and stays here.
CREATE TABLE campaigns.speaker_requests (
    id uuid PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES campaigns.sessions ON DELETE CASCADE,
    speaker_id uuid NOT NULL REFERENCES campaigns.speakers,
    status text NOT NULL DEFAULT 'awaited' CHECK (status IN ('awaited', 'confirmed', 'declined', 'withdrawn')),
    word text NOT NULL DEFAULT '',
    asked_at timestamptz NOT NULL,
    answer_by timestamptz NOT NULL,
    answered_at timestamptz,
    reminded_at timestamptz,
    token_version smallint NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX one_request_per_session_and_speaker ON campaigns.speaker_requests (session_id, speaker_id)
    WHERE status IN ('awaited', 'confirmed');

-- follow-up -------------------------------------------------------------------------------------------------

-- One-to-one slots between a pupil of an offer and a member of its organisation.
CREATE TABLE campaigns.follow_up_slots (
    id uuid PRIMARY KEY,
    offer_id uuid NOT NULL REFERENCES campaigns.offers,
    person_id uuid NOT NULL REFERENCES contract.people,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    during tstzrange NOT NULL GENERATED ALWAYS AS (tstzrange(starts_at, ends_at)) STORED,
    place text NOT NULL DEFAULT '',
    online_url text,
    registration_id uuid REFERENCES campaigns.registrations,
    booked_at timestamptz,
    sequence integer NOT NULL DEFAULT 0,
    status text NOT NULL DEFAULT 'planned' CHECK (status IN ('planned', 'cancelled')),
    CONSTRAINT slot_ends_after_its_start CHECK (starts_at < ends_at),
    CONSTRAINT follower_in_one_place_at_a_time
        EXCLUDE USING gist (person_id WITH =, during WITH &&) WHERE (status = 'planned')
);
CREATE UNIQUE INDEX one_slot_per_registration ON campaigns.follow_up_slots (registration_id)
    WHERE status = 'planned' AND registration_id IS NOT NULL;
CREATE INDEX follow_up_slots_of_offer ON campaigns.follow_up_slots (offer_id, starts_at);

-- seats and pupils ------------------------------------------------------------------------------------------

-- Seats kept for a school, or for pupils without another host, until a date; then they are everybody's.
CREATE TABLE campaigns.quotas (
    id uuid PRIMARY KEY,
    offer_id uuid NOT NULL REFERENCES campaigns.offers,
    seats integer NOT NULL CHECK (seats > 0),
    school_uai text,
    without_host boolean NOT NULL DEFAULT false,
    until timestamptz NOT NULL,
    released_at timestamptz,
    CONSTRAINT a_quota_is_for_somebody CHECK ((school_uai IS NOT NULL) <> without_host)
);
CREATE INDEX quotas_of_offer ON campaigns.quotas (offer_id);
CREATE INDEX quotas_by_date ON campaigns.quotas (until) WHERE released_at IS NULL;

ALTER TABLE campaigns.registrations
    ADD COLUMN convention_signed_on date,
    -- who enrolled the pupil, where it was not the pupil
    ADD COLUMN enrolled_by uuid REFERENCES contract.people,
    ADD COLUMN without_host boolean NOT NULL DEFAULT false;
CREATE INDEX registrations_enrolled_by ON campaigns.registrations (enrolled_by) WHERE enrolled_by IS NOT NULL;

CREATE TABLE campaigns.attendance (
    session_id uuid NOT NULL REFERENCES campaigns.sessions ON DELETE CASCADE,
    registration_id uuid NOT NULL REFERENCES campaigns.registrations,
    state text NOT NULL CHECK (state IN ('present', 'absent', 'late', 'excused')),
    noted_by uuid REFERENCES contract.people,
    noted_at timestamptz NOT NULL,
    PRIMARY KEY (session_id, registration_id)
);
CREATE INDEX attendance_of_registration ON campaigns.attendance (registration_id);

-- what campaigns may know of what was sent --------------------------------------------------------------------

-- Who was told what, when: the deliveries as the contract shows them, without a mail's text.
CREATE VIEW contract.deliveries AS
    SELECT id, event_id, message, recipient_id, registration_id, offer_id, state, due_at, sent_at
    FROM notifications.deliveries;
ALTER TABLE notifications.deliveries ALTER COLUMN offer_id DROP NOT NULL;
