"""Seats and groups of pupils: classes enrolled, quotas, the queue moved by hand, attendance."""
