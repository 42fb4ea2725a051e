"""What a member wants to be told in sum, and the summaries themselves."""
