-- What is urgent takes turns of its own at a domain with a rate: it overtakes the rest, and keeps the rate all the same.
ALTER TABLE notifications.domains ADD COLUMN urgent_free_at timestamptz;
