"""Pose track in, analysis out: pure stages, no file is read or written."""
