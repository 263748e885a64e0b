"""Frozen teachers by name: made here from synthetic series, learned on the user's own, or from ImageNet."""
