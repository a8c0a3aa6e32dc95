"""Recordings and pose tracks that the benchmarks share.

The validation folder has rendered videos with their truth in ``rendered``, the joints and contacts
of a runner on a force-plate treadmill in ``forceplate`` and real videos in ``scenes``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from gait.analysis.results import Event
from gait.pose import get_backend
from gait.settings import PoseSettings
from gait.skeleton import BLAZEPOSE
from gait.types import PixelSignals, PoseTrack
from gait.validation.force_plate import EVENTS, PlateTrial

FORCE_PLATE = "rbds001_run_2.5ms"
SIGNAL = "signal "


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
    """The BlazePose track kept in a file, made and kept if there is none."""
    if not path.exists():
        track = make()
        path.parent.mkdir(parents=True, exist_ok=True)
        arrays = {"t": track.time, "xy": track.xy, "s": track.score, "size": track.size}
        signals = {f"{SIGNAL}{name}": values for name, values in track.columns().items()}
        np.savez(path, **arrays, **signals)
    with np.load(path) as kept:
        time = kept["t"] - kept["t"][0]
        width, height = (int(v) for v in kept["size"])
        signals = {n.removeprefix(SIGNAL): kept[n] for n in kept if n.startswith(SIGNAL)}
        return PoseTrack(
            time,
            kept["xy"],
            kept["s"],
            BLAZEPOSE,
            (width, height),
            signals=PixelSignals.from_columns(signals) or PixelSignals(),
        )
