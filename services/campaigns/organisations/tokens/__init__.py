"""API tokens: what an organisation's own machines sign in with."""
