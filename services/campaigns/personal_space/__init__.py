"""The personal space: the page behind the link that only one pupil holds."""
