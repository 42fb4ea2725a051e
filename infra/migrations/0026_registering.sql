-- The teachers whom pupils name: one for an address (a keyed hash of it), who is the account's person where there is
-- one. `told_at` is when the last mail went: who is named by thirty pupils within the hour is not sent thirty.
CREATE TABLE campaigns.referents (
    person_id uuid PRIMARY KEY REFERENCES contract.people,
    mark bytea NOT NULL UNIQUE,
    token_version smallint NOT NULL DEFAULT 1,
    told_at timestamptz
);

-- Which pupil named which teacher, and what the teacher said of it: « confirmed », « corrected » (the school or the
-- class was put right), « unknown » (« je ne connais pas cet élève »). `asked` until there is an answer; the mail that
-- asks has gone where `told_at` says so.
CREATE TABLE campaigns.referent_teachers (
    pupil_id uuid NOT NULL REFERENCES campaigns.pupils ON DELETE CASCADE,
    teacher_id uuid NOT NULL REFERENCES campaigns.referents ON DELETE CASCADE,
    -- the registration that named the teacher
    registration_id uuid NOT NULL REFERENCES campaigns.registrations ON DELETE CASCADE,
    status text NOT NULL DEFAULT 'asked' CHECK (status IN ('asked', 'confirmed', 'corrected', 'unknown')),
    asked_at timestamptz NOT NULL,
    told_at timestamptz,
    answered_at timestamptz,
    PRIMARY KEY (pupil_id, teacher_id),
    CONSTRAINT an_answer_has_a_time CHECK ((status = 'asked') = (answered_at IS NULL))
);
CREATE INDEX referent_teachers_of_teacher ON campaigns.referent_teachers (teacher_id, status);
CREATE INDEX referent_teachers_of_registration ON campaigns.referent_teachers (registration_id);
CREATE INDEX referent_teachers_to_tell ON campaigns.referent_teachers (teacher_id)
    WHERE told_at IS NULL AND status = 'asked';

-- Who asks for their personal links gives an address, and is answered the same whether anybody has it: a loop looks
-- afterwards, and forgets the address. Once an hour for an address (a keyed hash of it).
CREATE TABLE campaigns.link_requests (
    mark bytea PRIMARY KEY,
    email text,
    asked_at timestamptz NOT NULL
);
CREATE INDEX link_requests_to_answer ON campaigns.link_requests (asked_at) WHERE email IS NOT NULL;
CREATE INDEX link_requests_by_age ON campaigns.link_requests (asked_at);

-- The version of a personal link, where its owner has renewed it: letters write the link out, too.
CREATE TABLE contract.link_versions (
    registration_id uuid PRIMARY KEY,
    version smallint NOT NULL CHECK (version > 1)
);
-- when the owner last had it renewed, or asked for a fresh one
ALTER TABLE campaigns.registrations ADD COLUMN fresh_link_at timestamptz;
