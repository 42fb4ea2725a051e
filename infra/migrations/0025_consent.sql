-- Under 15, the guardian consents before a seat is confirmed (domain.md, personal data of minors). `consented_at` is
-- what counts now; what was answered, and to which words, stays in `consents`.
ALTER TABLE campaigns.registrations
    ADD COLUMN under_15 boolean NOT NULL DEFAULT false,
    ADD COLUMN consented_at timestamptz,
    -- when the guardian is asked a second time, and the last
    ADD COLUMN consent_remind_at timestamptz,
    ADD CONSTRAINT no_seat_under_15_without_consent
        CHECK (NOT under_15 OR consented_at IS NOT NULL OR status <> 'confirmed');
CREATE INDEX consents_to_remind ON campaigns.registrations (consent_remind_at)
    WHERE held_for = 'consent' AND consent_remind_at IS NOT NULL;

-- Who answered what, when, to which version of the words: written once, never changed; it goes with the registration.
CREATE TABLE campaigns.consents (
    id uuid PRIMARY KEY,
    registration_id uuid NOT NULL REFERENCES campaigns.registrations ON DELETE CASCADE,
    guardian_id uuid NOT NULL REFERENCES contract.people,
    answer text NOT NULL CHECK (answer IN ('given', 'refused', 'withdrawn')),
    text_version smallint NOT NULL,
    answered_at timestamptz NOT NULL
);
CREATE INDEX consents_of_registration ON campaigns.consents (registration_id, id);

CREATE FUNCTION campaigns.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed', tg_table_name USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER consents_stay BEFORE UPDATE ON campaigns.consents
    FOR EACH ROW EXECUTE FUNCTION campaigns.refuse_change();
