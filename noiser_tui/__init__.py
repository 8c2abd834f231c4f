"""The front ends over the engine `noiser`: a terminal workbench and a command line for scripts."""
