"""Networks that live in their owner's own process: looked at there, and recorded as a run like any other."""
