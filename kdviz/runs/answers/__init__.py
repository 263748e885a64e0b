"""The questions that the looker answers: one file each, found by name."""
