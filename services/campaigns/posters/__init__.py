"""Posters: an offer on one sheet for a wall, with a code that a phone reads."""
