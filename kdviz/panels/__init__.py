"""What a page shows as plain numbers, with the Python lines that make them again; drawn and saved from here."""
