-- Heads and referent teachers of schools, as an organisation has listed them: told before June what there is near them.
-- `mark` is a keyed hash of the address: it says that two lists hold the same one, and not which.
CREATE TABLE campaigns.correspondents (
    person_id uuid PRIMARY KEY REFERENCES contract.people,
    organisation_id uuid NOT NULL REFERENCES campaigns.organisations,
    school_uai text NOT NULL CHECK (school_uai ~ '^[0-9]{7}[A-Z]$'),
    role text NOT NULL CHECK (role IN ('head', 'referent')),
    mark bytea,
    source text NOT NULL,
    listed_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    kept_until date NOT NULL,
    UNIQUE (organisation_id, mark)
);
CREATE INDEX correspondents_in_order ON campaigns.correspondents (organisation_id, school_uai, person_id);
CREATE INDEX correspondents_kept ON campaigns.correspondents (kept_until);

-- Who wants no more of it and is on the list no more, or at another address: a list that brings them again is told so.
CREATE TABLE campaigns.correspondents_declined (
    organisation_id uuid NOT NULL REFERENCES campaigns.organisations,
    mark bytea NOT NULL,
    since timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, mark)
);

-- What a planner has said of one campaign to the schools of a list. The next batch goes at `next_at`; it is null where
-- all are told, and where somebody or something has stopped it.
CREATE TABLE campaigns.announcements (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL REFERENCES campaigns.organisations,
    campaign_id uuid NOT NULL REFERENCES campaigns.campaigns,
    kilometres smallint NOT NULL CHECK (kilometres BETWEEN 1 AND 500),
    departement text NOT NULL DEFAULT '',
    roles text[] NOT NULL CHECK (roles <@ ARRAY['head', 'referent'] AND cardinality(roles) > 0),
    word text NOT NULL DEFAULT '',
    made_at timestamptz NOT NULL,
    batches integer NOT NULL DEFAULT 0,
    next_at timestamptz,
    stopped_at timestamptz,
    stopped_why text NOT NULL DEFAULT '' CHECK (stopped_why IN ('', 'asked', 'refusals', 'campaign')),
    ended_at timestamptz
);
CREATE INDEX announcements_of_organisation ON campaigns.announcements (organisation_id, id);
CREATE INDEX announcements_next ON campaigns.announcements (next_at) WHERE next_at IS NOT NULL;

-- Who was told of which campaign, whoever listed them: once.
CREATE TABLE campaigns.announced (
    campaign_id uuid NOT NULL REFERENCES campaigns.campaigns,
    mark bytea NOT NULL,
    person_id uuid NOT NULL REFERENCES contract.people,
    announcement_id uuid NOT NULL REFERENCES campaigns.announcements,
    batch integer NOT NULL,
    event_id uuid NOT NULL,
    PRIMARY KEY (campaign_id, mark)
);
CREATE INDEX announced_by ON campaigns.announced (announcement_id, batch);
CREATE INDEX announced_to ON campaigns.announced (person_id);
