"""Planning: what an organiser sees of the offers, who is in, who waits."""
