"""What a column is, and what a row is."""
