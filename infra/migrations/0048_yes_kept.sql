-- What has changed since a host or a speaker said yes: where it is all undone, the yes holds and nobody is asked again.
ALTER TABLE campaigns.host_requests ADD COLUMN changed_since jsonb;
ALTER TABLE campaigns.speaker_requests ADD COLUMN changed_since jsonb;
