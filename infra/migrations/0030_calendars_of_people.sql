-- Which version of somebody's secret calendar addresses holds: renewing raises it, and those given before lead nowhere.
-- It stands with the person, because letters, too, write the addresses out.
ALTER TABLE contract.people
    ADD COLUMN calendar_version integer NOT NULL DEFAULT 1 CHECK (calendar_version BETWEEN 1 AND 65535),
    -- when the address was last sent on request, so that nobody's mailbox is filled by pressing a button
    ADD COLUMN calendar_sent_at timestamptz;
UPDATE contract.people p SET calendar_version = u.feed_version
FROM campaigns.pupils u WHERE u.id = p.id AND u.feed_version > 1;
ALTER TABLE campaigns.pupils DROP COLUMN feed_version;

-- A guardian is a new person with each registration, a speaker with each bank they stand in: the address is who they are
CREATE INDEX people_by_address ON contract.people (lower(email)) WHERE email IS NOT NULL AND erased_at IS NULL;
CREATE INDEX registrations_of_guardian ON campaigns.registrations (guardian_id) WHERE guardian_id IS NOT NULL;
CREATE INDEX speakers_of_person ON campaigns.speakers (person_id) WHERE person_id IS NOT NULL;

-- The state a calendar was last seen in, and since when: of what Last-Modified says, in whatever process it is asked.
CREATE TABLE campaigns.calendar_states (
    person_id uuid NOT NULL REFERENCES contract.people,
    whose text NOT NULL,
    version text NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (person_id, whose)
);
