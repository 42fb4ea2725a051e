-- How many answers that came by mail wait to be acted on, for who watches: none, unless the campaign service is away.
CREATE VIEW contract.answers AS
SELECT count(*) AS waiting, min(received_at) AS oldest FROM notifications.answers WHERE state = 'read';
