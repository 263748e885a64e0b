"""The linked lens: signal, images and persistence diagram of one series, each pointing into all others."""
