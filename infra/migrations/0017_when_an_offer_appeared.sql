-- When an offer was seen for the first time, for the feed of what is new. Older ones: when their programme last changed.
ALTER TABLE campaigns.offer_search ADD COLUMN listed_at timestamptz NOT NULL DEFAULT now();
UPDATE campaigns.offer_search s SET listed_at = o.programme_changed_at
FROM campaigns.offers o WHERE o.id = s.offer_id AND o.programme_changed_at IS NOT NULL;
CREATE INDEX offers_by_appearance ON campaigns.offer_search (listed_at DESC);
