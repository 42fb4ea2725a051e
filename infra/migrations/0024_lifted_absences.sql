-- An absence that was announced can be taken back: from those it was told to, once for each time it was told.
ALTER TABLE campaigns.announced_absences
    ADD COLUMN session_id uuid REFERENCES campaigns.sessions ON DELETE SET NULL,
    ADD COLUMN recipients uuid[] NOT NULL DEFAULT '{}',
    ADD COLUMN lifted_at timestamptz;
