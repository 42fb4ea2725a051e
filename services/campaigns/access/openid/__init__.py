"""Signing in through an OpenID Connect provider: whoever vouches for the people of an organisation already."""
