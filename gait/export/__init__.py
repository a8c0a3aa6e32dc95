"""A run written for other programs."""

from gait.export.export import FORMATS, Format, Unit, export

__all__ = ["FORMATS", "Format", "Unit", "export"]
