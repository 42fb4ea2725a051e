"""Lists: the pupils a teacher follows, brought once, so that it can be said who has nothing."""
