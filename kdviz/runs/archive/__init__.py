"""A run as one file: packed, checked, taken in."""
