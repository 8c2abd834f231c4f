"""How scores and prompts look in a terminal: shared by the command line and the workbench."""
