"""Records: all that is kept of one pupil, to be shown and taken along."""
