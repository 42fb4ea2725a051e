"""Guardians of those who are in: asked for their consent once more."""
