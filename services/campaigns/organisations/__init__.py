"""Organisations: members and their roles, invitations, API tokens, the journal of what was done."""
