"""The calendar of a pupil: the sessions of all their seats."""
