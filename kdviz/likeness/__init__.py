"""How alike two maps are."""
