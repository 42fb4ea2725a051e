"""Every message with invented people and an invented week: what the preview shows, and the tests read."""
