"""Where data sets come from: files read in a confined child, and the samples."""
