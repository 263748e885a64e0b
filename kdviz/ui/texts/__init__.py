"""Every sentence of the app by its name, and how values become words."""
