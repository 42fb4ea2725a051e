"""Deciding: what participants are told of, once the planner has decided it."""
