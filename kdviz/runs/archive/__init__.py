"""A run as one .zip: packed, checked, taken in."""
