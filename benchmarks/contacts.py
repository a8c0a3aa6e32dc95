"""Strikes and toe-offs against truth: rendered videos, a force-plate runner, real video.

    python benchmarks/contacts.py --data VALIDATION_DIR [--held-out DIR] [--write docs/accuracy.md]

Pose tracks are kept in the cache; from there a run takes seconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise, product
from pathlib import Path

import numpy as np
from material import force_plate, product_track
from scoring import arguments, bias_sd, publish

from gait import analyze_track
from gait.analysis.cleaning.filtering import clean
from gait.analysis.events import OFF_DETECTORS, STRIKE_DETECTORS, detect
from gait.analysis.results import Event
from gait.analysis.trial import Trial
from gait.analysis.view.observe import observe
from gait.settings import Settings
from gait.types import PixelSignals, PoseTrack, Side
from gait.validation.markdown import table
from gait.validation.matching import Score, score
from gait.validation.rendered import Rendered, rendered_videos

SEEDS = range(3)
USUAL = (60.0, 4.0)
GRID = tuple(product((30.0, 60.0, 120.0), (0.0, 4.0, 8.0)))

REAL_RUN = "gaitlab_male_side_treadmill"
REAL_RUN_CADENCE = "168.9 ± 0.5"  # from pixels, without a pose model
REAL_WALKS = ("sarwesh_walk_side_control", "sports2d_demo4_walk_side")
BY_EYE_FPS_HZ = 30
BY_EYE_FRAMES = {"strike": (102.2, 123.4), "off": (110.0, 131.2)}  # near foot, ± 0.5 frame

Case = tuple[PoseTrack, tuple[Event, ...], Settings]


def scores(cases: Iterable[Case], kind: str, detector: str | None = None) -> Score:
    """Errors of one detector, by default the product's own, all tracks together."""
    update = {f"{kind}_detector": detector} if detector else {}
    parts = []
    for track, true, settings in cases:
        seen = observe(track, settings)
        found = detect(Trial(track, seen, settings.model_copy(update=update)))
        parts.append(score(kind, found, true, track.time[-1]))
    return Score(
        np.concatenate([p.left_ms for p in parts]),
        np.concatenate([p.right_ms for p in parts]),
        sum(p.missed for p in parts),
        sum(p.invented for p in parts),
    )


def rendered_case(scene: Rendered, cache: Path) -> Case:
    """A rendered video through the product's pose backend, cleaned."""
    return clean(product_track(scene.video, cache)), scene.events, scene.settings


def force_plate_cases(data: Path, fps_hz: float, noise_mm: float) -> list[Case]:
    """The force-plate runner with several draws of noise, cleaned."""
    folder = data / "forceplate"
    seeds = SEEDS if noise_mm else SEEDS[:1]
    made = (force_plate(folder, fps_hz, noise_mm, seed) for seed in seeds)
    return [(clean(track), events, Settings()) for track, events in made]


def detector_table(kind: str, groups: dict[str, list[Case]]) -> str:
    """Bias ± SD of every registered detector of a kind."""
    known = STRIKE_DETECTORS if kind == "strike" else OFF_DETECTORS
    rows = []
    for name, cases in groups.items():
        by_detector = [scores(cases, kind, detector) for detector in known]
        rows.append([name, *(f"{bias_sd(s.all_ms)} ({s.found})" for s in by_detector)])
    return table([f"{'foot strike' if kind == 'strike' else 'toe-off'}, ms", *known], rows)


def own_events_table(groups: dict[str, list[Case]]) -> str:
    """The product's events by side."""
    header = ["", "strikes", "left", "right", "toe-offs", "left", "right", "contact time"]
    rows = []
    for name, cases in groups.items():
        strike, off = scores(cases, "strike"), scores(cases, "off")
        contact = off.all_ms.mean() - strike.all_ms.mean()
        cells = [[s.found, bias_sd(s.left_ms), bias_sd(s.right_ms)] for s in (strike, off)]
        rows.append([name, *cells[0], *cells[1], f"{contact:+.1f}"])
    return table(header, rows)


def sensitivity_table(data: Path, scenes: list[tuple[str, Case]], raw: dict[str, PoseTrack]) -> str:
    """What frame rate and landmark noise do to the product's events."""
    rows = []
    for fps_hz, noise_mm in GRID:
        cases = force_plate_cases(data, fps_hz, noise_mm)
        rows.append(["force plate", f"{fps_hz:.0f}", f"{noise_mm:.0f} mm", *_both(cases)])
    for name, (_, true, settings) in scenes:
        half = [clean(every_other(raw[name], first)) for first in (0, 1)]
        cases = [(track, true, settings) for track in half]
        rows.append(
            [f"`{name}`, every second frame", f"{half[0].fps_hz:.0f}", "its own", *_both(cases)]
        )
    header = ["", "fps", "noise", "strikes", "error, ms", "toe-offs", "error, ms"]
    return table(header, rows)


def _both(cases: list[Case]) -> list[str]:
    strikes, offs = scores(cases, "strike"), scores(cases, "off")
    return [strikes.found, bias_sd(strikes.all_ms), offs.found, bias_sd(offs.all_ms)]


def every_other(track: PoseTrack, first: int) -> PoseTrack:
    """Half the frames, times unchanged so that truth still fits.

    Without what was measured from one frame to the next: that would need the video.
    """
    keep = slice(first, None, 2)
    return track.with_(signals=PixelSignals()).rows(keep)


def real_table(data: Path, cache: Path) -> str:
    """Real video: what is known of it and what the product says."""
    rows = []
    for name in (REAL_RUN, *REAL_WALKS):
        track = product_track(data / "clips" / f"{name}.mp4", cache)
        analysis = analyze_track(track, Settings())
        strikes = [e for e in analysis.events if e.kind == "strike"]
        alternate = all(a.side != b.side for a, b in pairwise(strikes))
        cadence = analysis.summary("cadence")
        said = f"{cadence.value:.1f}" if cadence and cadence.value else "not given"
        rows.append(
            [
                f"`{name}`",
                "running" if name == REAL_RUN else "walking",
                analysis.activity,
                REAL_RUN_CADENCE if name == REAL_RUN else "",
                said,
                str(len(strikes)),
                "yes" if alternate else "no",
            ]
        )
    header = ["video", "true", "said", "true cadence", "said", "strikes", "alternating"]
    return table(header, rows)


def by_eye_table(data: Path, cache: Path) -> str:
    """Two contacts of the real 30 fps video against a reading by eye, in frames."""
    track = product_track(data / "clips" / f"{REAL_RUN}.mp4", cache)
    analysis = analyze_track(track, Settings())
    near: Side | None = analysis.view.near_side
    rows = []
    for kind, frames in BY_EYE_FRAMES.items():
        of_kind = [e for e in analysis.events if e.kind == kind and e.side == near]
        for frame in frames:
            said = min(of_kind, key=lambda e: abs(e.time_s * BY_EYE_FPS_HZ - frame))
            late_ms = 1000 * (said.time_s - frame / BY_EYE_FPS_HZ)
            name = "strike" if kind == "strike" else "toe-off"
            found = f"{said.time_s * BY_EYE_FPS_HZ:.1f}"
            rows.append([name, f"{frame:.1f} ± 0.5", found, f"{late_ms:+.0f} ± 17"])
    contact = analysis.summary("contact_time", near or "left")
    if contact and contact.value is not None and contact.ci95:
        half = contact.ci95[1] - contact.value
        rows.append(["contact time, ms", "260 ± 25", f"{contact.value:.0f} ± {half:.0f}", ""])
    return table(["near foot", "by eye, frame", "product", "late by, ms"], rows)


def report(data: Path, held_out: Path | None, cache: Path) -> str:
    """All tables with their headings."""
    tuned = rendered_videos(data / "rendered", "side")
    held = rendered_videos(held_out, "side") if held_out else []
    raw = {scene.name: product_track(scene.video, cache) for scene in (*tuned, *held)}
    rendered = [(scene.name, rendered_case(scene, cache)) for scene in (*tuned, *held)]
    groups = {f"`{name}`": [case] for name, case in rendered}
    groups["force plate, 60 fps, 4 mm"] = force_plate_cases(data, *USUAL)
    sections = [
        ("The product's own events, ms", own_events_table(groups)),
        ("All detectors", f"{detector_table('strike', groups)}\n\n{detector_table('off', groups)}"),
        ("Frame rate and noise", sensitivity_table(data, rendered, raw)),
        ("Real video", f"{real_table(data, cache)}\n\n{by_eye_table(data, cache)}"),
    ]
    return "\n\n".join(f"### {heading}\n\n{body}" for heading, body in sections)


def main() -> None:
    """Make all tables."""
    options = arguments(__doc__, held_out=True).parse_args()
    publish("contacts", report(options.data, options.held_out, options.cache), options)


if __name__ == "__main__":
    main()
