"""How the video was made: plane, direction, tilt, true speed."""
