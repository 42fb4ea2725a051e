"""The calendar of a guardian: the sessions of all their children."""
