-- The programme names who comes: a speaker that came with a file, or one who has confirmed; not who is only asked.
ALTER TABLE campaigns.session_speakers ADD COLUMN confirmed boolean NOT NULL DEFAULT true;
