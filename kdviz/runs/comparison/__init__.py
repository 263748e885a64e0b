"""Runs beside one another, paired by seed, and what may be concluded."""
