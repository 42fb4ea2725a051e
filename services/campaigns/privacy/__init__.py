"""Privacy: what is kept of a pupil, how long, shown to the pupil and erased, on request or when its time is over."""
