"""Strangers on one host: their uploads, their share, their links."""
