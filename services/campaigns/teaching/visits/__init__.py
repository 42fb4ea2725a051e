"""Visits: whom a teacher goes to see, when; a plan that follows the sessions, as a list and as a calendar."""
