-- Where somebody wanted to go when they were asked to sign in.
ALTER TABLE campaigns.sign_ins ADD COLUMN goes_to text NOT NULL DEFAULT '/planification'
    CHECK (goes_to ~ '^/[a-z]' AND length(goes_to) <= 300);
