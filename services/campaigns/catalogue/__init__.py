"""The catalogue: what is offered, where, and whether there is room."""
