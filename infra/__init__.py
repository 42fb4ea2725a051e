"""The composition root: it alone may import both services."""
