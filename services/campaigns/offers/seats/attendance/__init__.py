"""The day itself: who is there, who is not, whose convention is signed."""
