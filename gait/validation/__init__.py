"""Accuracy that anyone can check: results of the whole program against known truth."""

from gait.validation.report import Report, validate
from gait.validation.truth import Truth, known_videos

__all__ = ["Report", "Truth", "known_videos", "validate"]
