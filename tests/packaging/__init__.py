"""What is shipped, and what imports what."""
