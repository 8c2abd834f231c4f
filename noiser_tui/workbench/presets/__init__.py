"""Keys that other editors have, as rules under what the user says."""
