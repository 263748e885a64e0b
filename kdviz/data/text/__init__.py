"""From characters to a table: lines, dialect, header, cells."""
