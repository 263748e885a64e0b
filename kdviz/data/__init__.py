"""Series as values: read, split, windowed, stored by what they contain."""
