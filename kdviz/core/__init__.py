"""The words that flow through the house; they import nothing of it but one another."""
