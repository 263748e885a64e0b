"""A run in the trainer: its job, its networks, its records."""
