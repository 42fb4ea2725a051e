-- What planners may know of a message: why it has not left, what the server said, and its very words.
CREATE OR REPLACE VIEW contract.deliveries AS
SELECT id, event_id, message, recipient_id, registration_id, offer_id, state, due_at, sent_at,
       planned_at, attempts, answer, quiet_until, superseded_by, calendar_method, calendar_sequence
FROM notifications.deliveries;

CREATE VIEW contract.mails AS
SELECT id, mail FROM notifications.deliveries WHERE mail IS NOT NULL;
