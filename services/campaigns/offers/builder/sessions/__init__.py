"""Sessions in the week builder: their sheet, their moves, and the choice when two planners met."""
