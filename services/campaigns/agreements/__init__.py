"""Agreements: campaigns that several organisations carry, each of which must have agreed."""
