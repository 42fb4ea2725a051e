"""Hosts: the company’s own pages, with and without an account."""
