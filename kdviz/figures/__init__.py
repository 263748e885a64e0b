"""Numbers in, figures out: pure, and neutral to the theme; their scripts and styles are in browser/."""
