"""Comparisons as files for people: one heat map over the same characters, and how far the rows agree."""
