"""A run is a folder: found, listed, deleted, and what lies beside it."""
