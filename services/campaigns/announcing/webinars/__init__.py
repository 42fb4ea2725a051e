"""Webinars: heads and referent teachers of a list are invited to one, and told what changes of it."""
