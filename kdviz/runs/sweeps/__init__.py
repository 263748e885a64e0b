"""Many runs at once: methods x seeds x data x students, planned, scheduled, followed."""
