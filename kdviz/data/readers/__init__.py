"""One file per format; content decides which reader reads."""
