"""A run is a folder, and its state is derived from what lies in it."""
