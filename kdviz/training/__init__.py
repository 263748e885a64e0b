"""One recipe, one loop: how a student learns from its teachers."""
