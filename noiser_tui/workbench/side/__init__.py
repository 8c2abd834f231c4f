"""The views of the side bar."""
