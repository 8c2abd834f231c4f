"""What each view of the workbench has that can be written to a file."""
