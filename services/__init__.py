"""The two services; they never import each other."""
