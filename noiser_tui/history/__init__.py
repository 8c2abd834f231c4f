"""What outlives a workbench: every run it made, and what was open when it was left."""
