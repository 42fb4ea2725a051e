-- Facts of a known kind that could not be planned: how often it was tried, what was raised (never its words), and, once
-- that was too often, when they are tried again. Until then they take no place among those the relay rings.
CREATE TABLE notifications.unplanned_events (
    event_id uuid PRIMARY KEY,
    failures integer NOT NULL,
    error text NOT NULL,
    failed_at timestamptz NOT NULL,
    again_at timestamptz
);
