"""The page Runs: the list, one run's detail, its actions, the trash."""
