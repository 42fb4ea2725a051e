"""Hosts: a company is asked to host a session, and confirms, proposes another time, or declines."""
