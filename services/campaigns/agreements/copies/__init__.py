"""Copies: last year’s campaign brought to a new period."""
