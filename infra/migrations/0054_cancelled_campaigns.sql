-- Which campaigns will not take place, for who is about to send a mail that tells of one.
CREATE VIEW contract.cancelled_campaigns AS
    SELECT id AS campaign_id, cancelled_at FROM campaigns.campaigns WHERE cancelled_at IS NOT NULL;
