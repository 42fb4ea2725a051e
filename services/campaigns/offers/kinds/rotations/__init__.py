"""Hosting: groups that rotate over the services of one house."""
