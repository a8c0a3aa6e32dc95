"""What is asked: about runner and video, what hurts, and of several runners at once."""
