-- A pupil who names the same teacher for another offer asks anew: a row for each registration that named one.
ALTER TABLE campaigns.referent_teachers
    DROP CONSTRAINT referent_teachers_pkey,
    ADD PRIMARY KEY (registration_id, teacher_id);
DROP INDEX campaigns.referent_teachers_of_registration;
CREATE INDEX referent_teachers_of_pupil ON campaigns.referent_teachers (pupil_id, teacher_id);

-- The guardian's own links (the page as they read it, their consent) have a version of their own: the guardian renews
-- them, and what the pupil renews leaves them be. Letters write them out, too.
ALTER TABLE campaigns.registrations ADD COLUMN guardian_version smallint NOT NULL DEFAULT 1;
ALTER TABLE contract.link_versions
    ADD COLUMN guardian_version smallint NOT NULL DEFAULT 1 CHECK (guardian_version >= 1),
    DROP CONSTRAINT link_versions_version_check,
    ADD CONSTRAINT link_versions_version_check CHECK (version >= 1);
-- so far they were renewed together
UPDATE campaigns.registrations SET guardian_version = token_version WHERE token_version > 1;
UPDATE contract.link_versions SET guardian_version = version;

-- when the guardian's links, or a fresh one for the guardian, were last sent because somebody asked
ALTER TABLE campaigns.registrations
    ADD COLUMN consent_link_at timestamptz,
    ADD COLUMN guardian_fresh_link_at timestamptz;
