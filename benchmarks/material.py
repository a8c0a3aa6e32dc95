"""Recordings and pose tracks that the benchmarks share.

The validation folder has rendered videos with their truth in ``rendered``, the joints and contacts
of a runner on a force-plate treadmill in ``forceplate`` and real videos in ``scenes``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gait.analysis.results import Event
from gait.io import read_npz, write_npz
from gait.pose import get_backend
from gait.settings import PoseSettings
from gait.types import PoseTrack
from gait.validation.force_plate import EVENTS, PlateTrial

FORCE_PLATE = "rbds001_run_2.5ms"


def force_plate(
    folder: Path, fps_hz: float, noise_mm: float, seed: int, trial: str = FORCE_PLATE
) -> tuple[PoseTrack, tuple[Event, ...]]:
    """A runner on an instrumented treadmill as a camera from the side would see the joints.

    Parameters
    ----------
    folder : Path
        Holds the joint centres (150 Hz, mm) and the contacts (vertical force above 50 N).
    fps_hz : float
        Frame rate of the camera.
    noise_mm : float
        SD of white noise on every coordinate.
    seed : int
        Of the noise.
    trial : str
        Which runner at which speed.

    Returns
    -------
    PoseTrack
        Hips, knees, ankles, heels and toes.
    tuple of Event
        True contacts.
    """
    known = PlateTrial.of(folder / f"{trial}{EVENTS}")
    return known.filmed("side", fps_hz, noise_mm, seed), known.events


def product_track(video: Path, cache: Path) -> PoseTrack:
    """The raw track that the default pose backend makes of a video, kept in `cache`."""
    return cached(
        cache / f"{video.stem}.product.npz",
        lambda: get_backend("blazepose").track(video, PoseSettings()),
    )


def cached(path: Path, make: Callable[[], PoseTrack]) -> PoseTrack:
    """The track kept in a file, made and kept if there is none.

    Whole, with the steps that made it: points without any count as exact ones.
    """
    kept = path.with_suffix(".track.npz")  # what lay under the bare name had lost its steps
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        write_npz(kept, make())
    return read_npz(kept)[0]
