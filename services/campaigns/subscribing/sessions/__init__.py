"""The sessions a person takes part in, with all they are to know."""
