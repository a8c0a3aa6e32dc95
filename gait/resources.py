"""What is installed: files beside the package in a checkout or inside it, and its version."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


def find(name: str) -> Path | None:
    """A file or folder by its path in a checkout; None if this installation lacks it."""
    package = Path(__file__).parent
    places = (folder / name for folder in (package.parent, package))
    return next((place for place in places if place.exists()), None)


def own_version() -> str:
    """The version of gaitlens, as every analysis names it."""
    try:
        return version("gaitlens")
    except PackageNotFoundError:
        return "not installed"
