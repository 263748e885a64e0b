"""A watched recording in figures: everything on one axis of time, and one window of it looked into."""
