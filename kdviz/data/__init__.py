"""Series as values: read from files, split, windowed, known by what they contain."""
