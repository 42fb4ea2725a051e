-- Hosts and speakers: a bank of speakers for each organisation, and what is asked by session, by person, by date.

ALTER TABLE campaigns.speakers
    DROP CONSTRAINT speakers_name_trade_key,
    -- taken out of the bank: what was public stays in old programmes, the address is gone
    ADD COLUMN removed_at timestamptz;
-- two organisations may know the same person; those that came with a file belong to none
CREATE UNIQUE INDEX one_speaker_of_a_name_per_bank ON campaigns.speakers (organisation_id, name, trade)
    NULLS NOT DISTINCT WHERE removed_at IS NULL;

CREATE INDEX host_requests_of_session ON campaigns.host_requests (session_id);
CREATE INDEX host_requests_of_person ON campaigns.host_requests (person_id);
CREATE INDEX speaker_requests_of_session ON campaigns.speaker_requests (session_id);
CREATE INDEX speaker_requests_of_speaker ON campaigns.speaker_requests (speaker_id);
CREATE INDEX speaker_requests_awaited ON campaigns.speaker_requests (answer_by) WHERE status = 'awaited';
