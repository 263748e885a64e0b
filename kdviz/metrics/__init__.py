"""Pure numbers: how alike two maps are, how accurate a network is, how sure one may be."""
