"""The page Encode: the views of a series, side by side, large, and taken apart."""
