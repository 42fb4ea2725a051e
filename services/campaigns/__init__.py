"""The campaigns service: planning, registrations, pages, JSON, calendar feeds."""
