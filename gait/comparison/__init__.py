"""Before and after: what changed, and whether it may be compared."""
