"""The frame around every page: menu, links, keys, presenter mode."""
