"""The page Sweep: a grid of runs, asked for and followed."""
