-- Webhooks: an organisation's own software is told of what happens at its offers. Ids only: no name leaves by this way.
CREATE TABLE contract.webhooks (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    url text NOT NULL CHECK (length(url) <= 500),
    -- the first words of the tags of events: registration, session, offer
    kinds text[] NOT NULL CHECK (cardinality(kinds) > 0),
    -- of the secret: a new one ends the one before
    version smallint NOT NULL DEFAULT 1 CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    -- the address said that it is gone (410), or a person paused it
    paused_at timestamptz,
    ended_at timestamptz
);
CREATE INDEX webhooks_of_organisation ON contract.webhooks (organisation_id, id) WHERE ended_at IS NULL;

-- Calls that a person asks for: an earlier one again, or (no event) one to try the address.
CREATE TABLE contract.call_requests (
    id uuid PRIMARY KEY,
    webhook_id uuid NOT NULL REFERENCES contract.webhooks,
    event_id uuid,
    asked_at timestamptz NOT NULL
);

CREATE VIEW contract.offer_owners AS SELECT id AS offer_id, organisation_id FROM campaigns.offers;

CREATE TABLE notifications.calls (
    id uuid PRIMARY KEY,
    webhook_id uuid NOT NULL,
    event_id uuid NOT NULL,
    tag text NOT NULL,
    planned_at timestamptz NOT NULL,
    -- while one is under way: when it is anybody's again
    due_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'answered', 'failed')),
    attempts integer NOT NULL DEFAULT 0,
    -- of the last attempt: the HTTP status (none where no answer came), its first words or what went wrong
    status smallint,
    answer text NOT NULL DEFAULT '',
    called_at timestamptz,
    UNIQUE (webhook_id, event_id)
);
CREATE INDEX calls_due ON notifications.calls (due_at, id) WHERE state = 'due';
CREATE INDEX calls_of_webhook ON notifications.calls (webhook_id, id DESC);

CREATE VIEW contract.calls AS
    SELECT id, webhook_id, event_id, tag, planned_at, due_at, state, attempts, status, answer, called_at
    FROM notifications.calls;
