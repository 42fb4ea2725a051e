-- Names are kept for so many months after a campaign's last day; then the clock erases them, and counts stay.
ALTER TABLE campaigns.campaigns
    ADD COLUMN keep_months smallint NOT NULL DEFAULT 13 CHECK (keep_months BETWEEN 1 AND 24);

-- Whose data are to be erased, or were: without a name, so that what was erased stays counted. The seats are given back
-- first, each offer in a transaction of its own; whoever is killed in between is gone on from here by the clock.
CREATE TABLE campaigns.erasures (
    pupil_id uuid PRIMARY KEY REFERENCES campaigns.pupils,
    why text NOT NULL CHECK (why IN ('asked', 'kept_long_enough')),
    asked_at timestamptz NOT NULL,
    erased_at timestamptz
);
CREATE INDEX erasures_under_way ON campaigns.erasures (asked_at) WHERE erased_at IS NULL;
CREATE INDEX erasures_done ON campaigns.erasures (erased_at) WHERE erased_at IS NOT NULL;

ALTER TABLE campaigns.registrations
    -- the programme as it stood when the pupil registered: what is not so any more has changed
    ADD COLUMN programme_joined integer,
    -- whether the personal link went by mail alone: only then is who holds it known to read the pupil's mail
    ADD COLUMN link_by_mail boolean NOT NULL DEFAULT false;
UPDATE campaigns.registrations r
SET programme_joined = o.programme_version, link_by_mail = r.enrolled_by IS NOT NULL OR r.held_for = 'address'
FROM campaigns.offers o WHERE o.id = r.offer_id;

-- Up to which version of the programme a reader of the personal page has seen it. Written by a button, never by a GET.
CREATE TABLE campaigns.programmes_seen (
    registration_id uuid NOT NULL REFERENCES campaigns.registrations ON DELETE CASCADE,
    reader text NOT NULL CHECK (reader IN ('pupil', 'guardian')),
    version integer NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (registration_id, reader)
);

-- Notices to others that name a pupil: what was written from them is erased with the pupil
CREATE INDEX notices_of_pupil ON contract.events ((body ->> 'pupil_id'))
    WHERE tag IN ('absence.announced', 'absence.lifted', 'follow_up.booked', 'follow_up.cancelled');
