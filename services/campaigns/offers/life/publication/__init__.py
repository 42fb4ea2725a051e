"""Publication: what the public will see, what is still missing, and the steps from draft to over."""
