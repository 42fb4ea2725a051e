"""The calendars of a planner: the sessions of what they plan, and the one-to-one slots that pupils chose with them."""
