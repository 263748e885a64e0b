"""The page Data: a file opened, its reading corrected, its findings mended."""
