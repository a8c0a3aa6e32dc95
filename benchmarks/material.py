"""Films, truth and pose tracks that the benchmarks share.

A folder of rendered films holds ``NAME.mp4`` beside ``NAME.truth.json`` (fields: see
``sample_videos/README.md``). The validation folder has such films in ``rendered``, the joints and
contacts of a runner on a force-plate treadmill in ``forceplate`` and real films in ``clips``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from gait.pose import get_backend
from gait.settings import PoseSettings, Settings
from gait.skeleton import BLAZEPOSE, LEG
from gait.types import SIDES, Event, Float, PoseTrack, Side

KINDS: dict[str, Literal["strike", "off"]] = {"foot_strike": "strike", "toe_off": "off"}
FORCE_PLATE = "rbds001_run_2.5ms"
SIGNAL = "signal "
PX_PER_MM = 0.25  # a leg of 200 px, as in the rendered films


@dataclass(frozen=True)
class Rendered:
    """A rendered film with its truth."""

    film: Path

    @property
    def name(self) -> str:
        return self.film.stem

    @cached_property
    def truth(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.film.with_suffix(".truth.json").read_text())
        return document

    @cached_property
    def true_track(self) -> PoseTrack:
        """Where the true points are in the picture."""
        px, camera = np.array(self.truth["px"]), self.truth["camera"]
        size = (camera["W"], camera["H"])
        names = tuple(self.truth["landmarks"])
        return PoseTrack(np.array(self.truth["t"]), px, np.ones(px.shape[:2]), names, size)

    @cached_property
    def events(self) -> tuple[Event, ...]:
        return tuple(
            Event(kind=KINDS[e["type"]], side=e["side"], time_s=e["t"], sd_s=0)
            for e in self.truth["events"]
        )

    @property
    def near(self) -> Side:
        return "left" if self.truth["camera"]["view"] == "side_left" else "right"

    @property
    def settings(self) -> Settings:
        """What a user would tell about the runner."""
        return Settings(
            speed_mps=self.truth["summary"]["speed_mps"], height_m=self.truth["stature_m"]
        )


def rendered_side_views(folder: Path) -> list[Rendered]:
    """The films from the side in a folder that have a truth, in order of name."""
    return [r for r in _rendered(folder) if r.truth["camera"]["view"].startswith("side")]


def rendered_frontal_views(folder: Path) -> list[Rendered]:
    """The films from behind or in front in a folder that have a truth, in order of name."""
    return [r for r in _rendered(folder) if r.truth["camera"]["view"] in ("rear", "front")]


def _rendered(folder: Path) -> list[Rendered]:
    films = sorted(folder.glob("*.mp4"))
    return [Rendered(p) for p in films if p.with_suffix(".truth.json").exists()]


def force_plate(
    folder: Path, fps_hz: float, noise_mm: float, seed: int
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

    Returns
    -------
    PoseTrack
        Hips, knees, ankles, heels and toes.
    tuple of Event
        True contacts.
    """
    joints = pd.read_csv(folder / f"{FORCE_PLATE}_joints.csv.gz")
    contacts = pd.read_csv(folder / f"{FORCE_PLATE}_events.csv")
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
    corner = np.floor(np.nanmin(xy, axis=(0, 1)))
    width, height = np.ceil(np.nanmax(xy, axis=(0, 1)) - corner).astype(int).tolist()
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


def product_track(film: Path, cache: Path) -> PoseTrack:
    """The raw track that the default pose backend makes of a film, kept in `cache`."""
    return cached(
        cache / f"{film.stem}.product.npz",
        lambda: get_backend("blazepose").track(film, PoseSettings()),
    )


def cached(path: Path, make: Callable[[], PoseTrack]) -> PoseTrack:
    """The BlazePose track kept in a file, made and kept if there is none."""
    if not path.exists():
        track = make()
        path.parent.mkdir(parents=True, exist_ok=True)
        arrays = {"t": track.time, "xy": track.xy, "s": track.score, "size": track.size}
        signals = {f"{SIGNAL}{name}": values for name, values in track.signals.items()}
        np.savez(path, **arrays, **signals)
    with np.load(path) as kept:
        time = kept["t"] - kept["t"][0]
        width, height = (int(v) for v in kept["size"])
        signals = {n.removeprefix(SIGNAL): kept[n] for n in kept if n.startswith(SIGNAL)}
        return PoseTrack(time, kept["xy"], kept["s"], BLAZEPOSE, (width, height), signals=signals)
