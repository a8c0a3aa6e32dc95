"""Contacts and camera of videos from behind and in front against truth.

    PYTHONPATH=tests python benchmarks/frontal_events.py --data VALIDATION_DIR [--held-out DIR]

The force-plate runner is seen by the camera of the tests. Pose tracks are kept in the cache; from
there a run takes seconds.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from itertools import product
from pathlib import Path

import numpy as np
from data_truth import forceplate_contacts, forceplate_rear
from material import product_track
from scoring import arguments, bias_sd, publish

from gait import analyze_track
from gait.analysis.results import Analysis, Event, View
from gait.settings import Settings
from gait.validation.markdown import table
from gait.validation.matching import Score, score
from gait.validation.rendered import Rendered, rendered_videos

SEEDS = range(3)
FORCE_PLATE_SPEED_MPS = 2.5
VIDEOS = tuple(product((30.0, 60.0, 120.0), (0.0, 4.0, 8.0)))
CAMERAS = tuple(product((0.0, 5.0, 10.0), (0.0, 2.0)))

Run = tuple[Analysis, tuple[Event, ...]]


def force_plate_runs(data: Path, fps_hz: float, noise_mm: float, *camera: float) -> list[Run]:
    """The force-plate runner with several draws of noise; `camera` is its yaw and roll."""
    folder = data / "forceplate"
    settings = Settings(speed_mps=FORCE_PLATE_SPEED_MPS)
    return [
        (
            analyze_track(forceplate_rear(folder, fps_hz, noise_mm, *camera, seed=s), settings),
            forceplate_contacts(folder),
        )
        for s in (SEEDS if noise_mm else SEEDS[:1])
    ]


def pooled(runs: Iterable[Run], kind: str) -> Score:
    """Errors of the events of one kind, all runs together."""
    parts = [score(kind, a.events, true, a.quality.n_frames / a.view.fps_hz) for a, true in runs]
    return Score(
        np.concatenate([p.left_ms for p in parts]),
        np.concatenate([p.right_ms for p in parts]),
        sum(p.missed for p in parts),
        sum(p.invented for p in parts),
    )


def events_row(name: str, runs: list[Run]) -> list[str]:
    """Found events with their errors, the SD they claim, and the cadence."""
    cells = [name]
    for kind in ("strike", "off"):
        errors = pooled(runs, kind)
        claimed = np.mean([1000 * e.sd_s for a, _ in runs for e in a.events if e.kind == kind])
        both = errors.left_ms.mean() - errors.right_ms.mean()
        cells += [errors.found, bias_sd(errors.all_ms), f"{claimed:.1f}", f"{both:+.1f}"]
    true = [e.time_s for e in runs[0][1] if e.kind == "strike"]
    cadence = runs[0][0].summary("cadence")
    said = f"{cadence.value:.2f}" if cadence and cadence.value is not None else "not given"
    return [*cells, f"{60 / np.diff(true).mean():.2f}", said]


def events_table(groups: dict[str, list[Run]]) -> str:
    """One row per video."""
    kinds = [[kind, "error, ms", "own SD", "left - right"] for kind in ("strikes", "toe-offs")]
    header = ["", *kinds[0], *kinds[1], "true cadence", "said"]
    return table(header, [events_row(name, runs) for name, runs in groups.items()])


def camera_cells(view: View) -> list[str]:
    """What is said of the camera, with its SD."""
    pairs = (view.camera_roll_deg, view.camera_yaw_deg)
    return [f"{p[0]:+.1f} ± {p[1]:.1f}" if p else "not given" for p in pairs]


def camera_table(videos: dict[str, tuple[Rendered, list[Run]]], data: Path) -> str:
    """Roll and yaw of the camera against truth, in degrees."""
    rows = []
    for name, (video, runs) in videos.items():
        view, config = runs[0][0].view, video.truth["config"]
        true = [f"{config.get(key, 0):+.0f}" for key in ("roll", "yaw_off")]
        plane = f"{view.plane} ({view.plane_confidence:.2f})"
        rows.append([name, plane, *true, *camera_cells(view)])
    for yaw_deg, roll_deg in CAMERAS:
        view = force_plate_runs(data, 60, 4, yaw_deg, roll_deg)[0][0].view
        plane = f"{view.plane} ({view.plane_confidence:.2f})"
        true = [f"{roll_deg:+.0f}", f"{yaw_deg:+.0f}"]
        rows.append(["force plate", plane, *true, *camera_cells(view)])
    return table(["", "plane", "true roll", "true yaw", "roll", "yaw"], rows)


def report(options: argparse.Namespace) -> str:
    """All tables with their headings."""
    folders = [options.data / "rendered", options.held_out]
    videos = {
        f"`{video.name}`": (
            video,
            [
                (
                    analyze_track(product_track(video.video, options.cache), video.settings),
                    video.events,
                )
            ],
        )
        for folder in folders
        if folder
        for video in rendered_videos(folder, "rear", "front")
    }
    groups = {name: runs for name, (_, runs) in videos.items()}
    for fps_hz, noise_mm in VIDEOS:
        name = f"force plate, {fps_hz:.0f} fps, {noise_mm:.0f} mm"
        groups[name] = force_plate_runs(options.data, fps_hz, noise_mm)
    return (
        f"### Contacts from behind and in front\n\n{events_table(groups)}\n\n"
        f"### How the camera stood, degrees\n\n{camera_table(videos, options.data)}"
    )


def main() -> None:
    """Make both tables."""
    options = arguments(__doc__, held_out=True).parse_args()
    publish("frontal-events", report(options), options)


if __name__ == "__main__":
    main()
