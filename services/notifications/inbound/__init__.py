"""What comes back by mail: answers of calendars, bounces, letters people write. Nouns read, verbs record and act."""
