"""What each kind of document looks like."""
