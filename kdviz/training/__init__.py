"""The act: one recipe, one loop."""
