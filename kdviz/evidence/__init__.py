"""One file per extractor of evidence."""
