"""Groups in the week builder."""
