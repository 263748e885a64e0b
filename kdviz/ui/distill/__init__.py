"""The page Distill: what to train, and the run while it learns."""
