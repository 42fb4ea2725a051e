"""Sendings: who was told what of an offer, when and why."""
