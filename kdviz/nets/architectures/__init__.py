"""One file per family of networks: what stands between a view and the linear head."""
