"""The trail of a campaign: who did what to it."""
