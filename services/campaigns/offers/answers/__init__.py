"""Answers that come back by mail: what a calendar says of a seat, and what planners are told of the rest."""
