"""The front ends over the engine `noiser`: a terminal workbench and a command line for scripts."""

import os

# torch's threads spin while they wait for each other. On a machine that others use too this took 4 times
# the processor time and 5 times the wall time on small models. Read when torch is imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
