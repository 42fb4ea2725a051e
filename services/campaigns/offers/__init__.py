"""Offers, their seats and their queue: one capability under one lock."""
