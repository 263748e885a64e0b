"""A run opened: where its networks looked, how they answered, and what holds."""
