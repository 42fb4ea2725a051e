"""Questions about an offer: a visitor asks, a planner answers, and what others may want to know too is published."""
