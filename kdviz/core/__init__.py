"""Words that all rooms share: errors, events, traces and losses, settings, plug-ins, whole files."""
