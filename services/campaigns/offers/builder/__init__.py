"""The week builder: the screen on which a planner draws a week, and every change it can make."""
