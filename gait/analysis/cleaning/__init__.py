"""From what a pose model said to where the runner's joints were."""
