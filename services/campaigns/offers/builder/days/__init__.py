"""Days and groups in the week builder: added, copied, filled from a template, removed, and a day on paper."""
