"""Runs in the server: workers, their queue, their pool, and who restarts them."""
