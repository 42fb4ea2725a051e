"""The page on which a pupil chooses a one-to-one slot, and the calendar a member keeps of theirs."""
