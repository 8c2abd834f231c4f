"""The room of studies: finding them, writing and running them, looking at what they found."""
