"""The page Compare: which runs, and what sets them apart."""
