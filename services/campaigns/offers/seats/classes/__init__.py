"""Classes: lists of pupils that a school enrols, and where each of them stands."""
