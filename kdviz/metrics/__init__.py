"""Pure numbers: how alike, how accurate, how sure."""
