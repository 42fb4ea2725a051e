"""Asking: the planner’s forms about the company of one session."""
