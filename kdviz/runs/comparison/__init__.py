"""Runs beside one another, and what may be concluded."""
