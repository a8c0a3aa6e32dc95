"""A run written for other programs, or to give away."""

from gait.export.donate import donate
from gait.export.export import Format, Unit, export

__all__ = ["Format", "Unit", "donate", "export"]
