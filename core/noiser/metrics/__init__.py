"""How far an explanation can be trusted: numbers on it, each with a bootstrap interval where it has one."""
