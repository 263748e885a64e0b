"""One HTML file of a run or a comparison, which asks nobody for anything and still moves."""
