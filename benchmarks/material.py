"""Recordings and pose tracks that the benchmarks share.

The validation folder has rendered videos with their truth in ``rendered``, the joints and contacts
of a runner on a force-plate treadmill in ``forceplate`` and real videos in ``scenes``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from gait.analysis.results import Event
from gait.pose import get_backend
from gait.settings import PoseSettings
from gait.skeleton import BLAZEPOSE, LEG
from gait.types import SIDES, Float, PixelSignals, PoseTrack, Side

FORCE_PLATE = "rbds001_run_2.5ms"
SIGNAL = "signal "
PX_PER_MM = 0.25  # a leg of 200 px, as in the rendered videos
MARGIN_PX = 150  # around all joints: head and arms, which are not there, have room


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
    joints = pd.read_csv(folder / f"{trial}_joints.csv.gz")
    contacts = pd.read_csv(folder / f"{trial}_events.csv")
    recorded_s = joints["time_s"].to_numpy()
    time = np.arange(recorded_s[0], recorded_s[-1], 1 / fps_hz)
    noise = np.random.default_rng(seed)

    def seen(side: Side, point: str) -> Float:
        column = f"{side[0].upper()}_{'TOE' if point == 'foot_index' else point.upper()}"
        axes = (joints[f"{column}_x"], -joints[f"{column}_y"])
        mm = np.stack([np.interp(time, recorded_s, axis) for axis in axes], axis=1)
        return PX_PER_MM * (mm + noise_mm * noise.normal(size=mm.shape))

    points = {f"{side}_{point}": seen(side, point) for side in SIDES for point in LEG}
    xy = np.stack(list(points.values()), axis=1)
    corner = np.floor(np.nanmin(xy, axis=(0, 1))) - MARGIN_PX
    width, height = np.ceil(np.nanmax(xy, axis=(0, 1)) - corner + MARGIN_PX).astype(int).tolist()
    track = PoseTrack(
        time - time[0], xy - corner, np.ones(xy.shape[:2]), tuple(points), (width, height)
    )
    events = [
        Event(kind=kind, side=side, time_s=float(t) - float(time[0]), sd_s=0)
        for kind, column in (("strike", "foot_strike_s"), ("off", "toe_off_s"))
        for side in SIDES
        for t in contacts.loc[contacts["side"] == side[0].upper(), column]
    ]
    return track, tuple(sorted(events, key=lambda e: e.time_s))


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
