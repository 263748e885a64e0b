"""The server's own: who may come in, and what lives as long as it does."""
