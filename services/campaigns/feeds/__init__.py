"""Feeds: the calendar addresses one subscribes to, public ones and each pupil's own."""
