-- Answers to the entries of hosts, speakers and one-to-one slots count, too: the address says which entry, of what kind.
-- A complaint is a report that somebody has marked a message as unwanted (RFC 5965).
ALTER TABLE notifications.answers
    ADD COLUMN entry_id uuid,
    ADD COLUMN entry_scope text CHECK (entry_scope IN ('reply_host', 'reply_speaker', 'reply_slot')),
    ADD CONSTRAINT an_entry_has_its_kind CHECK ((entry_id IS NULL) = (entry_scope IS NULL)),
    DROP CONSTRAINT answers_kind_check,
    ADD CONSTRAINT answers_kind_check
        CHECK (kind IN ('reply', 'counter', 'refresh', 'letter', 'automatic', 'bounce', 'complaint'));
CREATE INDEX answers_of_entry ON notifications.answers (entry_id) WHERE entry_id IS NOT NULL;

-- The last valid answer of a calendar to such an entry: an older one that comes late changes nothing.
CREATE TABLE campaigns.entry_answers (
    entry_id uuid NOT NULL,
    person_id uuid NOT NULL REFERENCES contract.people ON DELETE CASCADE,
    answer text NOT NULL CHECK (answer IN ('accepted', 'declined', 'tentative')),
    sequence integer NOT NULL,
    stamp timestamptz NOT NULL,
    noted_at timestamptz NOT NULL,
    PRIMARY KEY (entry_id, person_id)
);
