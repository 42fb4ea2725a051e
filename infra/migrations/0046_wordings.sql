-- The sentences a campaign adds to its mails: written by its planners, read by who sends, through the contract.
CREATE TABLE campaigns.wordings (
    campaign_id uuid NOT NULL REFERENCES campaigns.campaigns ON DELETE CASCADE,
    message text NOT NULL,
    version integer NOT NULL CHECK (version >= 1),
    -- language → place → sentence; '{}' is the product's own mail
    sentences jsonb NOT NULL,
    PRIMARY KEY (campaign_id, message)
);

CREATE VIEW contract.wordings AS
SELECT o.id AS offer_id, w.message, w.sentences
FROM campaigns.offers o JOIN campaigns.wordings w ON w.campaign_id = o.campaign_id
WHERE w.sentences <> '{}';
