"""The page Why here: one window of a watched recording, in every view."""
