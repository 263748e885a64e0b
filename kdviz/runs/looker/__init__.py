"""One warm process that holds networks and answers the pages' questions about runs."""
