"""Numbers in, figures out: pure, and neutral to the theme."""
