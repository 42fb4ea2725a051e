"""Seats as they are now: the part of an offer's page that changes while somebody looks at it."""
