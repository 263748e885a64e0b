"""From what a file holds to a data set: assembled, windowed, split, repaired."""
