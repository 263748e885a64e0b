"""The figures that a paper needs, one file each: of a run or of several, beside chance, with their caption."""
