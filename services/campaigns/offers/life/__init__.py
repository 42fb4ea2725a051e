"""The life of an offer: drafted, opened, closed, cancelled, and who is told of a change before it is made."""
