-- How sending goes: what all workers must agree on. A row is there only while there is something to say.

-- A domain that said « later » for several mails in a row is left alone, longer each time (`waves`); `free_at` keeps its
-- rate: it is the moment up to which its turns are given out already.
CREATE TABLE notifications.domains (
    domain text PRIMARY KEY CHECK (domain = lower(domain)),
    failures integer NOT NULL DEFAULT 0,
    last_failed uuid,
    waves integer NOT NULL DEFAULT 0,
    held_until timestamptz,
    answer text NOT NULL DEFAULT '',
    free_at timestamptz
);

-- A mail server that does not answer: nobody tries before `probe_at`, then one.
CREATE TABLE notifications.mail_servers (
    server text PRIMARY KEY,
    away_since timestamptz NOT NULL,
    failures integer NOT NULL,
    probe_at timestamptz NOT NULL,
    error text NOT NULL
);

-- What became of attempts, by hour. Each process counts in its own row: none waits for another.
CREATE TABLE notifications.tallies (
    hour timestamptz NOT NULL,
    shard integer NOT NULL,
    domain text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('sent', 'later', 'lost', 'refused')),
    number bigint NOT NULL,
    PRIMARY KEY (hour, shard, domain, outcome)
);

-- Tries to which no answer came are held against the server, and not against the mail. `turn_at` is the turn a mail was
-- given where its domain has a rate.
ALTER TABLE notifications.deliveries
    ADD COLUMN losses integer NOT NULL DEFAULT 0,
    ADD COLUMN turn_at timestamptz;

-- What is on its way to one person leaves in order.
CREATE INDEX deliveries_of_person ON notifications.deliveries (recipient_id) WHERE state IN ('due', 'sending');

-- Whether anything may be sent at all: no row, or nobody in `paused_at`, is yes. Written by who plans, read by who sends.
CREATE TABLE contract.sending (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    paused_at timestamptz,
    paused_by uuid
);

CREATE VIEW contract.queue AS
SELECT priority, count(*) AS waiting, min(due_at) AS oldest
FROM notifications.deliveries WHERE state = 'due' AND due_at <= now() GROUP BY priority;

CREATE VIEW contract.tallies AS
SELECT hour, domain, outcome, sum(number)::bigint AS number FROM notifications.tallies GROUP BY hour, domain, outcome;

CREATE VIEW contract.held_domains AS
SELECT domain, failures, held_until, answer FROM notifications.domains WHERE held_until > now();

CREATE VIEW contract.mail_servers AS
SELECT server, away_since, failures, probe_at, error FROM notifications.mail_servers;

CREATE VIEW contract.suppressions AS
SELECT address, reason, at, delivery_id FROM notifications.suppressions;
