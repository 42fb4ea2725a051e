"""Every message there is, as its readers will see it."""
