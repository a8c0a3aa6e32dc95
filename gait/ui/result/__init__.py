"""A finished run on the page: the answer, its picture, the numbers, the video, what is behind."""
