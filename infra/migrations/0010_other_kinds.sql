-- The other kinds of offer: rotations of groups over services, and whom a one-to-one slot takes.

-- A rotation as it is being drawn: services, groups, half-days, and which group is where when. Its sessions are made
-- when it is applied; `applied_version` is what they were made from.
CREATE TABLE campaigns.rotations (
    offer_id uuid PRIMARY KEY REFERENCES campaigns.offers ON DELETE CASCADE,
    plan jsonb NOT NULL,
    version integer NOT NULL DEFAULT 1,
    drafted_at timestamptz NOT NULL,
    applied_version integer NOT NULL DEFAULT 0,
    applied_at timestamptz
);

-- The sessions a rotation made, which it may change or take away again; others it never touches.
CREATE TABLE campaigns.rotation_sessions (
    session_id uuid PRIMARY KEY REFERENCES campaigns.sessions ON DELETE CASCADE,
    offer_id uuid NOT NULL REFERENCES campaigns.offers ON DELETE CASCADE
);
CREATE INDEX rotation_sessions_of_offer ON campaigns.rotation_sessions (offer_id);

ALTER TABLE campaigns.follow_up_slots
    -- the session pupils leave for their slot; without one, no slot may overlap a session of theirs
    ADD COLUMN session_id uuid REFERENCES campaigns.sessions ON DELETE SET NULL,
    -- whose time the slot takes, beside `registration_id`: one pupil may have seats in several offers
    ADD COLUMN pupil_id uuid REFERENCES campaigns.pupils,
    ADD CONSTRAINT booked_by_a_registration_of_a_pupil CHECK ((registration_id IS NULL) = (pupil_id IS NULL)),
    ADD CONSTRAINT pupil_in_one_slot_at_a_time
        EXCLUDE USING gist (pupil_id WITH =, during WITH &&) WHERE (status = 'planned' AND pupil_id IS NOT NULL);
CREATE INDEX follow_up_slots_of_session ON campaigns.follow_up_slots (session_id) WHERE session_id IS NOT NULL;
CREATE INDEX offers_of_series ON campaigns.offers (series_id) WHERE series_id IS NOT NULL;
