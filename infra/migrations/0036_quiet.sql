-- Until when the quiet hours of the night hold a message back: the log says so.
ALTER TABLE notifications.deliveries ADD COLUMN quiet_until timestamptz;
