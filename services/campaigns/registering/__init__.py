"""Registering: the form a pupil, a guardian or a teacher fills in on the page."""
