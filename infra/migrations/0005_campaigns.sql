-- Campaigns that several organisations carry: when a partner answered, and who leads those that were imported.

ALTER TABLE campaigns.agreements ADD COLUMN answered_at timestamptz;
CREATE INDEX agreements_of_organisation ON campaigns.agreements (organisation_id);
CREATE INDEX agreements_awaited ON campaigns.agreements (asked_at)
    WHERE left_at IS NULL AND reminded_at IS NULL AND declined_at IS NULL AND agreed_version < asked_version;
CREATE INDEX campaigns_of_lead ON campaigns.campaigns (lead_id);

-- Who agreed first leads; a campaign that all carry already is at its first version.
UPDATE campaigns.campaigns c SET agreed_version = 1 WHERE agreed_version = 0;
UPDATE campaigns.campaigns c
SET lead_id = (SELECT a.organisation_id FROM campaigns.agreements a
               WHERE a.campaign_id = c.id AND a.agreed_at IS NOT NULL ORDER BY a.agreed_at, a.organisation_id LIMIT 1)
WHERE c.lead_id IS NULL;
UPDATE campaigns.agreements SET answered_at = agreed_at WHERE agreed_at IS NOT NULL;
ALTER TABLE campaigns.campaigns ALTER COLUMN agreed_version SET DEFAULT 1;
