"""Runs whose networks were trained elsewhere: what was recorded of them answers, and nothing else can."""
