"""A teacher takes a pupil of the class out: the seat goes to the next in the queue."""
