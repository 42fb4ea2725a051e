-- An offer may ask whoever registers to prove that the address is theirs: the seat is held until a link is pressed.
ALTER TABLE campaigns.offers ADD COLUMN proof_of_address boolean NOT NULL DEFAULT false;
