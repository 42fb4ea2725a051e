"""Consent: under 15, the guardian says yes before a seat is confirmed, and may take it back."""
