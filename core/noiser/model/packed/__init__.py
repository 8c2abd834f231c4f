"""A decoder run over rows of different lengths put one after another: no position runs for nothing."""
