"""Members: who acts for an organisation, in which role, and whom it invites to."""
