-- Summaries: who wants which, how often and at what time of day in Paris. Who chose nothing gets the planners' one on
-- working days, the teachers' one on Mondays, at half past seven.
CREATE TABLE campaigns.digest_choices (
    person_id uuid NOT NULL REFERENCES contract.people,
    what text NOT NULL CHECK (what IN ('planning', 'teaching')),
    rhythm text NOT NULL CHECK (rhythm IN ('off', 'daily', 'weekly')),
    at time NOT NULL,
    PRIMARY KEY (person_id, what)
);

-- When each member's was last made, for which day, and a mark of what it said: the same is not said every morning.
CREATE TABLE campaigns.digests (
    member_id uuid NOT NULL REFERENCES campaigns.members ON DELETE CASCADE,
    what text NOT NULL CHECK (what IN ('planning', 'teaching')),
    made_for date NOT NULL,
    made_at timestamptz NOT NULL,
    said text NOT NULL DEFAULT '',
    PRIMARY KEY (member_id, what)
);

-- When its partners and members were told that a campaign is public: once.
ALTER TABLE campaigns.campaigns ADD COLUMN announced_at timestamptz;
UPDATE campaigns.campaigns c SET announced_at = now()
WHERE EXISTS (SELECT FROM campaigns.offers o WHERE o.campaign_id = c.id AND o.status <> 'draft');
