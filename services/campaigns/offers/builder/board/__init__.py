"""The board of the week builder: the week as it is drawn, whole or as the fragment that a change swaps in."""
