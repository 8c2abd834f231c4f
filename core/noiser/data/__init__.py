"""Data sets: samples by the name of where they are published, or from the user's own file."""
