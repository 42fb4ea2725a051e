-- The secret addresses where a company sees all its sessions: which version of them holds. Without a row it is the first.
CREATE TABLE campaigns.host_spaces (
    -- an organisation, or a person that requests to host were written to
    holder_id uuid PRIMARY KEY,
    version integer NOT NULL CHECK (version BETWEEN 1 AND 65535),
    renewed_at timestamptz NOT NULL
);
