"""One file per way of seeing a series: as a signal, a Gramian angular field, a persistence image, ..."""
