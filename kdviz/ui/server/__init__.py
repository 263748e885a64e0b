"""Who may come in, and what lives as long as the server does."""
