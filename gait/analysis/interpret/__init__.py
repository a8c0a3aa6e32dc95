"""What values mean: limits, findings, answers."""
