-- How much a client has asked for lately, over all web processes: when its bucket of a class will be full again.
-- Who it is stands here as a keyed hash. What a crash loses is that somebody has just asked.
CREATE UNLOGGED TABLE campaigns.asked_lately (
    class text NOT NULL,
    client bytea NOT NULL,
    full_at timestamptz NOT NULL,
    PRIMARY KEY (class, client)
) WITH (fillfactor = 70);
