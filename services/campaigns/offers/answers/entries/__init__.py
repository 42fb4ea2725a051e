"""Answers of calendars to the entries of hosts, speakers and one-to-one slots."""
