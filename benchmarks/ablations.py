"""What each stage is worth: errors over the kept tracks with and without it.

    python benchmarks/ablations.py [--write docs/accuracy.md]

Needs no video and no pose model. What is left out is put out of action where it is called, so that
the program itself has no switches for it.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
from scoring import publish

from gait.analysis.analyze import analyze_track
from gait.analysis.events import detect
from gait.analysis.results import Event
from gait.analysis.trial import Trial
from gait.io.kept_run import kept_track
from gait.io.run_folder import RunFolder
from gait.types import LegSignals, PoseTrack
from gait.validation.agreement import by_metric, check, check_events
from gait.validation.markdown import table
from gait.validation.truth import TRACKS, Known, known_videos

SHOWN = {
    "side": (
        "contact_time",
        "overstride",
        "foot_strike_angle",
        "knee_flexion_ic",
        "knee_flexion_excursion",
        "knee_flexion_peak_swing",
        "trunk_lean",
    ),
    "frontal": ("pelvic_drop", "hip_adduction", "knee_fppa", "step_width", "lateral_trunk_lean"),
}
"""Columns: mean absolute errors."""

Leave = AbstractContextManager[object]


CLEANING = "gait.analysis.cleaning.filtering"


def unchanged(track: PoseTrack, *_: object) -> PoseTrack:
    """A stage of cleaning that does nothing."""
    return track


def sides_as_named(track: PoseTrack) -> PoseTrack:
    """Repair of exchanged legs that finds none."""
    none = np.zeros(len(track))
    return track.with_(derived=replace(track.derived, legs=LegSignals(none, none)))


def at_frames(trial: Trial) -> tuple[Event, ...]:
    """Events at the frame that is nearest to where they were found."""
    track, events = trial.track, detect(trial)
    when = [float(track.time[np.abs(track.time - e.time_s).argmin()]) for e in events]
    return tuple(e.model_copy(update={"time_s": t}) for e, t in zip(events, when, strict=True))


def without(*followers: str) -> Callable[[PoseTrack], PoseTrack]:
    """Leave out what these followers read off the picture (fields of `PixelSignals`)."""

    def leave_out(track: PoseTrack) -> PoseTrack:
        none = dict.fromkeys(followers)
        return track.with_(signals=replace(track.signals, **none))

    return leave_out


def no_correction() -> Leave:
    """Values of BlazePose as they are."""
    return patch.object(PoseTrack, "by_blazepose", property(lambda self: False))


def same_view(trial: Trial) -> Trial:
    """A picture that is taken to be level."""
    return trial


Variant = tuple[Callable[[], Leave], Callable[[PoseTrack], PoseTrack], dict[str, object]]

VARIANTS: dict[str, dict[str, Variant]] = {
    "side": {
        "**as it is**": (nullcontext, unchanged, {}),
        "exchanged legs not repaired": (
            lambda: patch(f"{CLEANING}.repair_sides", sides_as_named), unchanged, {}),
        "outliers kept": (lambda: patch(f"{CLEANING}.drop_outliers", unchanged), unchanged, {}),
        "knees not followed in the picture": (nullcontext, without("knees"), {}),
        "low-pass 6 Hz": (nullcontext, unchanged, {"cutoff_hz": 6}),
        "low-pass 10 Hz": (nullcontext, unchanged, {"cutoff_hz": 10}),
        "low-pass 13 Hz": (nullcontext, unchanged, {"cutoff_hz": 13}),
        "low-pass 14.5 Hz": (nullcontext, unchanged, {"cutoff_hz": 14.5}),
        "strike: heel speed alone": (nullcontext, unchanged, {"strike_detector": "foot_speed"}),
        "strike: heel lowest": (nullcontext, unchanged, {"strike_detector": "heel_lowest"}),
        "toe-off: heel speed alone": (nullcontext, unchanged, {"off_detector": "heel_speed"}),
        "toe-off: toe furthest alone": (nullcontext, unchanged, {"off_detector": "toe_reach"}),
        "toe-off: straightest knee": (nullcontext, unchanged, {"off_detector": "knee_extension"}),
        "events at whole frames": (
            lambda: patch("gait.analysis.analyze.detect", at_frames), unchanged, {}),
        "ground taken to be level": (
            lambda: patch("gait.analysis.analyze.with_ground", same_view), unchanged, {}),
        "BlazePose not corrected": (no_correction, unchanged, {}),
    },
    "frontal": {
        "**as it is**": (nullcontext, unchanged, {}),
        "exchanged legs not repaired": (
            lambda: patch(f"{CLEANING}.repair_sides", sides_as_named), unchanged, {}),
        "hips and legs not on the outline": (
            nullcontext, without("silhouette"), {}),
        "pelvis not followed in the picture": (nullcontext, without("pelvis", "tape"), {}),
    },
}  # fmt: skip


def row(name: str, variant: Variant, videos: Sequence[Known], shown: Sequence[str]) -> list[str]:
    """One line of a table.

    Parameters
    ----------
    name : str
        Of the variant.
    variant : tuple
        What to put out of action, what to do to tracks, and settings.
    videos : sequence of Known
        With kept tracks.
    shown : sequence of str
        Metrics.
    """
    leave_out, change, settings = variant
    checked, events = [], []
    for known in videos:
        told = known.truth.settings.model_copy(update=settings)
        with ExitStack() as stack:
            stack.enter_context(leave_out())
            analysis = analyze_track(change(kept_track(RunFolder(known.source))), told)
        checked += check(known.name, analysis, known.truth)
        events += check_events(known.name, analysis, known.truth)
    cells = []
    for kind in ("strike", "off"):
        own = [e for e in events if e.kind == kind]
        found = [e for e in own if e.bias_ms is not None]
        rms = np.mean([np.hypot(e.bias_ms or 0, e.sd_ms or 0) for e in found])
        missed = sum(e.missed + e.invented for e in own)
        cells.append(f"{rms:.1f}" + (f" ({missed})" if missed else ""))
    agreement = {m.metric: m for m in by_metric(checked)}
    for metric in shown:
        m = agreement.get(metric)
        cells.append("not given" if m is None else f"{m.mae:.1f}" + _lost(m.asked - m.n))
    given = [c for c in checked if c.value is not None]
    return [name, *cells, f"{100 * np.mean([c.inside for c in given]):.0f} %"]


def _lost(n: int) -> str:
    return f" (-{n})" if n else ""


def tables() -> Iterator[str]:
    """One table for videos from the side, one for the others."""
    known = known_videos(TRACKS)
    for group, variants in VARIANTS.items():
        videos = [k for k in known if (k.truth.plane == "side") is (group == "side")]
        header = ["", "strike, ms", "toe-off, ms", *SHOWN[group], "intervals"]
        yield table(header, [row(n, v, videos, SHOWN[group]) for n, v in variants.items()])


def main() -> None:
    """Make the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--markdown", type=Path, help="write the tables to this file")
    parser.add_argument("--write", type=Path, help="replace the marked block in this file")
    publish("ablations", "\n\n".join(tables()), parser.parse_args())


if __name__ == "__main__":
    main()
