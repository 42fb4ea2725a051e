-- The week builder: a group is in one place at a time, and a session of all groups is in every group's way.

CREATE TYPE campaigns.group_span AS RANGE (subtype = uuid);

-- One group, or all of them: the unbounded range overlaps each.
ALTER TABLE campaigns.sessions ADD COLUMN for_groups campaigns.group_span NOT NULL GENERATED ALWAYS AS (
    CASE WHEN group_id IS NULL THEN campaigns.group_span(NULL, NULL, '()')
         ELSE campaigns.group_span(group_id, group_id, '[]') END
) STORED;

-- Checked when a statement ends, so that two sessions can swap places in one; a file that swaps more defers it.
ALTER TABLE campaigns.sessions ADD CONSTRAINT group_in_one_place_at_a_time
    EXCLUDE USING gist (offer_id WITH =, for_groups WITH &&, during WITH &&) WHERE (status = 'planned')
    DEFERRABLE INITIALLY IMMEDIATE;
