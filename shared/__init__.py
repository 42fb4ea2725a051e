"""What both services need: the events, the outbox, people, the database, the calendar writer."""
