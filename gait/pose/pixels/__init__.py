"""What is read off the pixels in the same pass as the pose."""
