-- A teacher's own list of pupils, by class: who is on it and is registered nowhere has nothing. The names are people of
-- their own (contract.people), so that they are erased where all names are.
CREATE TABLE campaigns.listed_pupils (
    id uuid PRIMARY KEY REFERENCES contract.people,
    organisation_id uuid NOT NULL REFERENCES campaigns.organisations,
    teacher_id uuid NOT NULL REFERENCES contract.people,
    class_name text NOT NULL DEFAULT '',
    -- names and class as they are compared, so that a list brought twice is the same list
    mark text NOT NULL,
    added_at timestamptz NOT NULL,
    -- the end of the school year: then a list has done its work
    kept_until date NOT NULL,
    UNIQUE (teacher_id, organisation_id, mark)
);
CREATE INDEX listed_pupils_of_school ON campaigns.listed_pupils (organisation_id);
CREATE INDEX listed_pupils_by_end ON campaigns.listed_pupils (kept_until);

-- A visit follows its session: it begins so long after the session begins, and is off where the session is.
CREATE TABLE campaigns.visits (
    id uuid PRIMARY KEY,
    teacher_id uuid NOT NULL REFERENCES contract.people,
    organisation_id uuid NOT NULL REFERENCES campaigns.organisations,
    session_id uuid NOT NULL REFERENCES campaigns.sessions ON DELETE CASCADE,
    after_start interval NOT NULL CHECK (after_start >= interval '0'),
    lasts interval NOT NULL CHECK (lasts BETWEEN interval '10 minutes' AND interval '4 hours'),
    note text NOT NULL DEFAULT '',
    -- whether the host's page says that the teacher comes
    announced boolean NOT NULL DEFAULT false,
    sequence integer NOT NULL DEFAULT 0,
    version integer NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL,
    -- it stays for a while, so that calendars which hold it learn that it is off
    removed_at timestamptz,
    UNIQUE (teacher_id, organisation_id, session_id)
);
CREATE INDEX visits_of_session ON campaigns.visits (session_id);
CREATE INDEX visits_removed ON campaigns.visits (removed_at) WHERE removed_at IS NOT NULL;

-- The pupils of a school, whoever enrolled them
CREATE INDEX pupils_of_school ON campaigns.pupils (school_uai) WHERE school_uai IS NOT NULL;
CREATE INDEX pupils_of_named_school ON campaigns.pupils (lower(school_name)) WHERE school_uai IS NULL;
