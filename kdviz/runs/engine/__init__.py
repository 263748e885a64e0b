"""What happens in the server: the queue of runs, the processes that train them, who restarts them."""
