"""Grids of runs: planned, expanded, scheduled, followed."""
