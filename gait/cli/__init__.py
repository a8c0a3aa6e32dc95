"""The command `gait`."""
