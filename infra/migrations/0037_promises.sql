-- What a host or a speaker has promised is an entry in their calendar: its SEQUENCE, and whether it is there.
ALTER TABLE campaigns.host_requests
    ADD COLUMN sequence integer NOT NULL DEFAULT 0,
    ADD COLUMN in_calendar boolean NOT NULL DEFAULT false;
ALTER TABLE campaigns.speaker_requests
    ADD COLUMN sequence integer NOT NULL DEFAULT 0,
    ADD COLUMN in_calendar boolean NOT NULL DEFAULT false;
