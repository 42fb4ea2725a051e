"""Individual follow-up: one-to-one slots between a pupil and a member of the organisation."""
