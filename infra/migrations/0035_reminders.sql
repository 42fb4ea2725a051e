-- What is told ahead of time. A reminder is a delivery with a due time; from `useless_from` on it would come too late.
ALTER TABLE notifications.deliveries ADD COLUMN useless_from timestamptz;
-- most reminders lie months ahead: who looks for what is due must not walk over them
CREATE INDEX deliveries_by_due_time ON notifications.deliveries (due_at) WHERE state = 'due';

-- A seat that was offered: when who was offered it is told that the time is nearly over, once.
ALTER TABLE campaigns.registrations ADD COLUMN seat_remind_at timestamptz;
CREATE INDEX offered_seats_to_remind ON campaigns.registrations (seat_remind_at)
    WHERE held_for = 'promotion' AND seat_remind_at IS NOT NULL;

-- The day for which a host was told who comes, a speaker that it is soon: of another day they are told again.
ALTER TABLE campaigns.host_requests ADD COLUMN told_of_day date;
ALTER TABLE campaigns.speaker_requests ADD COLUMN told_of_day date;
