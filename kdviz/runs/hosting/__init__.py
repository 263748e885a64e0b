"""Strangers on one host: their uploads, their quota, their turn, their links."""
