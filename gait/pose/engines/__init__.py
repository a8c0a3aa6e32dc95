"""What finds the points of a body in one picture: MediaPipe, or the same networks by our graph."""
