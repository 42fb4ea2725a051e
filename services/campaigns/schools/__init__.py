"""Schools: the lycées a pupil chooses from; a collège, or any other school, is typed."""
