"""The journal: who did what, when, as planners read it."""
