"""All runs of a home in one small database, made from their folders: thrown away and made anew at any time."""
