"""The page Watch: one long recording, and where students that learned its normal part cannot follow."""
