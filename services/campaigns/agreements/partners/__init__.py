"""Partners: who is asked to carry a campaign, what they answered, who leaves it."""
