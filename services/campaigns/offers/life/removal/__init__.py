"""A draft that is thrown away."""
