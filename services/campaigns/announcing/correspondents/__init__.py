"""Correspondents: whom an organisation knows in the schools, as lists say it, and who wants to hear no more."""
