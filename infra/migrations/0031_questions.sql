-- What visitors ask of an offer. Nobody reads a question before the button behind its mail was pressed; what is published
-- are the planner's words, never the asker's. A row goes with the asker's data: a day after it was never proven, or when
-- the campaign's time of keeping is over.
CREATE TABLE campaigns.questions (
    id uuid PRIMARY KEY,
    offer_id uuid NOT NULL REFERENCES campaigns.offers ON DELETE CASCADE,
    asker_id uuid NOT NULL REFERENCES contract.people,
    -- as it was asked
    words text NOT NULL CHECK (words <> '' AND length(words) <= 1000),
    asked_at timestamptz NOT NULL,
    -- when the asker pressed the button, and when the planners were told
    sent_at timestamptz,
    passed_on_at timestamptz,
    -- as the planner writes it
    question text NOT NULL DEFAULT '' CHECK (length(question) <= 1000),
    answer text NOT NULL DEFAULT '' CHECK (length(answer) <= 3000),
    answered_at timestamptz,
    published boolean NOT NULL DEFAULT false,
    edition integer NOT NULL DEFAULT 1,
    CHECK (sent_at IS NOT NULL OR answered_at IS NULL),
    CHECK (NOT published OR (answered_at IS NOT NULL AND question <> '' AND answer <> ''))
);
CREATE INDEX questions_of_offer ON campaigns.questions (offer_id, id);
CREATE INDEX questions_of_asker ON campaigns.questions (asker_id);
CREATE INDEX questions_to_pass_on ON campaigns.questions (offer_id) WHERE sent_at IS NOT NULL AND passed_on_at IS NULL;
CREATE INDEX questions_never_sent ON campaigns.questions (asked_at) WHERE sent_at IS NULL;
