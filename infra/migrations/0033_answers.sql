-- What comes back by mail: answers of calendars, bounces, letters people write. A row is written before the sender is
-- told that the mail was taken, and acted on after it; what it holds of a person's words goes with the person's data.
CREATE TABLE notifications.answers (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('reply', 'counter', 'refresh', 'letter', 'automatic', 'bounce')),
    -- whose it is: the signed token of the address says so
    registration_id uuid,
    delivery_id uuid,
    -- hashes: of the Message-ID at this address; of a calendar's answer (UID, day, SEQUENCE, DTSTAMP, PARTSTAT, who)
    message_key bytea NOT NULL UNIQUE,
    answer_key bytea UNIQUE,
    -- what was read in it, without anybody's words
    facts jsonb NOT NULL,
    sender text NOT NULL DEFAULT '',
    subject text NOT NULL DEFAULT '',
    words text NOT NULL DEFAULT '' CHECK (length(words) <= 20000),
    received_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'read' CHECK (state IN ('read', 'done', 'failed')),
    attempts integer NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL,
    outcome text NOT NULL DEFAULT '',
    acted_at timestamptz,
    CHECK ((registration_id IS NULL) <> (delivery_id IS NULL))
);
CREATE INDEX answers_to_act_on ON notifications.answers (due_at) WHERE state = 'read';
CREATE INDEX answers_of_registration ON notifications.answers (registration_id, id);
CREATE INDEX answers_of_delivery ON notifications.answers (delivery_id) WHERE delivery_id IS NOT NULL;

-- Addresses nothing is sent to any more: they do not exist, or somebody said so. Written in lower case.
CREATE TABLE notifications.suppressions (
    address text PRIMARY KEY CHECK (address = lower(address)),
    reason text NOT NULL,
    at timestamptz NOT NULL,
    delivery_id uuid
);
CREATE INDEX suppressions_by_delivery ON notifications.suppressions (delivery_id) WHERE delivery_id IS NOT NULL;

ALTER TABLE notifications.deliveries
    DROP CONSTRAINT deliveries_calendar_method_check,
    ADD CONSTRAINT deliveries_calendar_method_check
        CHECK (calendar_method IN ('REQUEST', 'CANCEL', 'PUBLISH', 'DECLINECOUNTER'));

-- The last valid answer of a calendar, for all days (no day) and for each: an older one that comes late changes nothing.
CREATE TABLE campaigns.calendar_answers (
    registration_id uuid NOT NULL REFERENCES campaigns.registrations ON DELETE CASCADE,
    day date,
    answer text NOT NULL CHECK (answer IN ('accepted', 'declined', 'tentative')),
    sequence integer NOT NULL,
    stamp timestamptz NOT NULL,
    noted_at timestamptz NOT NULL,
    UNIQUE NULLS NOT DISTINCT (registration_id, day)
);

-- Confirmed seats that a calendar declined, kept a while: deleting an entry declines, too. Who undoes it has no row.
CREATE TABLE campaigns.leavings (
    registration_id uuid PRIMARY KEY REFERENCES campaigns.registrations ON DELETE CASCADE,
    declined_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL
);
CREATE INDEX leavings_due ON campaigns.leavings (due_at);
