"""Ends: a campaign that is cancelled, a partner that leaves one, and what becomes of their offers."""
