"""A run written for other programs."""

from gait.exports.writing import FORMATS, Format, Unit, export

__all__ = ["FORMATS", "Format", "Unit", "export"]
