"""Webhooks: an organisation's own software is told of what happens at its offers."""
