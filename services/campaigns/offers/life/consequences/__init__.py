"""Consequences: before a change is made, who will be told of it, and the very mail they will read."""
