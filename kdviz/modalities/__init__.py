"""One file per way of seeing a series."""
