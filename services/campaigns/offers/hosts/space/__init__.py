"""The secret addresses of a company: all its sessions on one page and in one calendar, until they are renewed."""
