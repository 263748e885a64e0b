"""The page Evidence: where each network looked, and what can be said of it."""
