"""One warm process that answers the pages' questions about runs."""
