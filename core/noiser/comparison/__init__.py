"""Several explanations of one prompt beside each other: the result, what lines them up, how they agree."""
