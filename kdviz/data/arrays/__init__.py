"""Which array of a file is the series, and which the labels."""
