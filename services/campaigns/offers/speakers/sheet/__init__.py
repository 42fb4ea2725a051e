"""The sheet of a speaker: its form and its pages."""
