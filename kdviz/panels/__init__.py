"""What a page shows, as plain numbers with the lines that make them again: drawn, saved and copied from here."""
