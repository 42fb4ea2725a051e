"""The calendar of a speaker: the sessions they have promised to come to."""
