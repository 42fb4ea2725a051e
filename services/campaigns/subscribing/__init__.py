"""Subscribing: calendars at secret addresses of people, and the pages that add a calendar to one’s own."""
