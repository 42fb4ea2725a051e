"""Programmes as federations keep them: read from a file, checked, and brought into the database all or nothing."""
