-- Seats kept for some, pupils whom a school enrolled, absences told once a day.

-- `kept`: null where no seat is kept for anybody (the normal path reads nothing more); else the seats kept and not yet
-- used by those they are for, as the last verb that took or gave a seat counted them: for pages. Verbs count anew.
ALTER TABLE campaigns.offers ADD COLUMN kept integer CHECK (kept >= 0);

-- for which organisation somebody enrolled the pupil: who has left it sees its pupils no more
ALTER TABLE campaigns.registrations ADD COLUMN enrolled_for uuid REFERENCES campaigns.organisations;
CREATE INDEX registrations_enrolled_for ON campaigns.registrations (enrolled_for) WHERE enrolled_for IS NOT NULL;

-- An absence is told at most once per pupil and day, however many sessions are missed and forms are sent.
CREATE TABLE campaigns.announced_absences (
    registration_id uuid NOT NULL REFERENCES campaigns.registrations,
    day date NOT NULL,
    announced_at timestamptz NOT NULL,
    PRIMARY KEY (registration_id, day)
);

-- A possible double that a planner has looked at and found to be two pupils.
CREATE TABLE campaigns.distinct_pupils (
    registration_id uuid NOT NULL REFERENCES campaigns.registrations,
    other_id uuid NOT NULL REFERENCES campaigns.registrations,
    PRIMARY KEY (registration_id, other_id),
    CONSTRAINT a_pair_is_written_once CHECK (registration_id < other_id)
);
