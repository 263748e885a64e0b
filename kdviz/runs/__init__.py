"""The memory: a run is a directory, and its state is derived from what lies in it."""
