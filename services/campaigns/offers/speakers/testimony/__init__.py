"""Testimonies: the page of who is invited to speak, without account."""
