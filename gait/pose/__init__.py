"""Pose backends: whatever turns a video into a `PoseTrack`.

A backend is registered under a name by the entry-point group ``gait.pose_backends`` or, in a
running program, by `register`.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol

from gait.settings import PoseSettings
from gait.types import PoseTrack, UsageError

Progress = Callable[[int, int], None]
"""Called with (frames done, frames in all)."""


class PoseBackend(Protocol):
    """What every pose backend can do."""

    def fingerprint(self, settings: PoseSettings) -> str:
        """Text that changes whenever the same video would give another track."""
        ...

    def track(
        self,
        path: Path,
        settings: PoseSettings,
        *,
        workers: int | None = None,
        progress: Progress | None = None,
    ) -> PoseTrack:
        """Raw keypoints of the runner in every frame of a video.

        Parameters
        ----------
        path : Path
            The video.
        settings : PoseSettings
            What the model is asked to do.
        workers : int, optional
            Inferences at a time; by default one per available core.
        progress : callable, optional
            Called with (frames done, frames in all).

        Returns
        -------
        PoseTrack
            One entry per frame, NaN where nobody was seen.
        """
        ...


_registered: dict[str, Callable[[], PoseBackend]] = {}


def register(name: str, factory: Callable[[], PoseBackend]) -> None:
    """Make a backend available under a name, in this process.

    Parameters
    ----------
    name : str
        Value of `PoseSettings.backend` that selects it.
    factory : callable
        Called without arguments, returns the backend.
    """
    _registered[name] = factory


def get_backend(name: str) -> PoseBackend:
    """The backend of that name.

    Parameters
    ----------
    name : str
        For example ``"blazepose"``.

    Returns
    -------
    PoseBackend
        A backend ready to use.

    Raises
    ------
    UsageError
        If no backend has that name.
    """
    if name in _registered:
        return _registered[name]()
    installed = {e.name: e for e in entry_points(group="gait.pose_backends")}
    if name in installed:
        backend: PoseBackend = installed[name].load()()
        return backend
    known = ", ".join(sorted({*_registered, *installed})) or "none"
    raise UsageError(f"There is no pose backend called {name}.", f"Choose one of: {known}.")
