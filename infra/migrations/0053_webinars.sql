-- Webinars to which an organisation invites the people of its list. `batches` counts the presses of the button that
-- invited somebody: the form says which press it is.
CREATE TABLE campaigns.webinars (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL REFERENCES campaigns.organisations,
    title text NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
    link text NOT NULL CHECK (link LIKE 'https://%'),
    word text NOT NULL DEFAULT '',
    departement text NOT NULL DEFAULT '',
    roles text[] NOT NULL CHECK (roles <@ ARRAY['head', 'referent'] AND cardinality(roles) > 0),
    status text NOT NULL DEFAULT 'planned' CHECK (status IN ('planned', 'cancelled')),
    sequence integer NOT NULL DEFAULT 0,
    version integer NOT NULL DEFAULT 1,
    batches integer NOT NULL DEFAULT 0,
    made_at timestamptz NOT NULL
);
CREATE INDEX webinars_of_organisation ON campaigns.webinars (organisation_id, id);

-- Who was invited to which, once: `mark` is the keyed hash of the address, until the webinar is over.
CREATE TABLE campaigns.webinar_invitations (
    webinar_id uuid NOT NULL REFERENCES campaigns.webinars,
    mark bytea NOT NULL,
    person_id uuid NOT NULL REFERENCES contract.people,
    batch integer NOT NULL,
    event_id uuid NOT NULL,
    PRIMARY KEY (webinar_id, mark),
    UNIQUE (webinar_id, person_id)
);
CREATE INDEX webinar_invitations_of ON campaigns.webinar_invitations (person_id);
