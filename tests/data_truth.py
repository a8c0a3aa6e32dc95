"""Readers of the validation data: clips whose events were computed, contacts that were measured."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gait.types import SIDES, Event, PoseTrack

_MARKERS = {"hip": "HIP", "knee": "KNEE", "ankle": "ANKLE", "heel": "HEEL", "foot_index": "TOE"}
_KINDS = {"foot_strike": "strike", "toe_off": "off"}


@dataclass(frozen=True)
class RenderedTruth:
    """What is exactly known of a rendered clip."""

    events: tuple[Event, ...]
    summary: dict[str, float]
    speed_mps: float
    stature_m: float
    leg_m: float
    duration_s: float

    @classmethod
    def read(cls, path: Path) -> RenderedTruth:
        """Read NAME.truth.json."""
        truth: dict[str, Any] = json.loads(path.read_text())
        return cls(
            events=tuple(
                Event(kind=_KINDS[e["type"]], side=e["side"], time_s=e["t"], sd_s=0.0)
                for e in truth["events"]
            ),
            summary=truth["summary"],
            speed_mps=truth["config"]["motion"]["speed"],
            stature_m=truth["stature_m"],
            leg_m=truth["leg_m"],
            duration_s=truth["n_frames"] / truth["fps"],
        )


def force_plate_runner(
    folder: Path, fps_hz: float, noise_mm: float, seed: int, px_per_mm: float = 0.25
) -> tuple[PoseTrack, tuple[Event, ...]]:
    """A marker recording filmed from the side, and the contacts that the treadmill felt.

    Parameters
    ----------
    folder : Path
        Holds the tables of joints and events.
    fps_hz : float
        Frame rate of the film.
    noise_mm : float
        SD of the error of every keypoint in x and in y.
    seed : int
        Of that error.
    px_per_mm : float
        Size in the picture; 0.25 makes a leg of some 200 px.
    """
    joints = pd.read_csv(folder / "rbds001_run_2.5ms_joints.csv.gz")
    recorded = joints["time_s"].to_numpy()
    time = np.arange(recorded[0], recorded[-1], 1 / fps_hz)
    names = tuple(f"{side}_{point}" for side in SIDES for point in _MARKERS)
    columns = [f"{side[0].upper()}_{marker}" for side in SIDES for marker in _MARKERS.values()]
    xy_mm = np.stack(
        [
            [np.interp(time, recorded, sign * joints[f"{c}_{axis}"]) for c in columns]
            for axis, sign in (("x", 1), ("y", -1))
        ],
        axis=-1,
    ).transpose(1, 0, 2)
    xy_mm += np.random.default_rng(seed).normal(0, noise_mm, xy_mm.shape)
    xy = (xy_mm - xy_mm.min(axis=(0, 1))) * px_per_mm
    size = (int(xy[..., 0].max()) + 1, int(xy[..., 1].max()) + 1)
    track = PoseTrack(time - time[0], xy, np.ones(xy.shape[:2]), names, size)
    contacts = pd.read_csv(folder / "rbds001_run_2.5ms_events.csv")
    sides = {"L": "left", "R": "right"}
    events = [
        Event(kind=kind, side=sides[row.side], time_s=t - time[0], sd_s=0.0)
        for row in contacts.itertuples()
        for kind, t in (("strike", row.foot_strike_s), ("off", row.toe_off_s))
    ]
    return track, tuple(sorted(events, key=lambda e: e.time_s))
