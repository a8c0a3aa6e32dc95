"""Videos that play slowly, at another rate or with dropped frames: is cadence right, or left out?

    PYTHONPATH=tests python benchmarks/true_time.py --data VALIDATION_DIR [--held-out DIR] [--write docs/accuracy.md]

Slowed copies have the pose track of the video on another time base, which is what a copy of the
video would have, up to its compression. Cadence is held against that of the video as it is. Pose
tracks are kept in the cache; from there a run takes minutes.
"""  # noqa: E501

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping

from data_truth import force_plate_runner, forceplate_rear
from material import product_track
from scoring import arguments, publish
from synthetic_activity import at_rate, repeated, slowed, with_drops, with_jitter

from gait import analyze_track
from gait.analysis.results import Analysis
from gait.settings import Settings
from gait.types import GaitError, PoseTrack
from gait.validation.markdown import table

RATES_HZ = (24.0, 25.0, 30.0, 50.0, 60.0, 120.0)
FACTORS = (2, 4, 8, 10)
PLAYED_HZ = 30.0
DROPPED = (0.1, 0.2, 0.3)
JITTER = (0.5, 0.9)
SEEDS = range(3)
GOOD = 0.02
"""Relative error of a corrected cadence that was asked for."""


def cadence(analysis: Analysis) -> float | None:
    """Steps per minute; None if left out."""
    summary = analysis.summary("cadence")
    return summary.value if summary else None


def videos(options: argparse.Namespace) -> dict[str, PoseTrack]:
    """All tracks by name."""
    folders = [options.data / "rendered", options.data / "clips", options.held_out]
    paths = [path for folder in folders if folder for path in sorted(folder.glob("*.mp4"))]
    tracks = {f"`{path.stem}`": product_track(path, options.cache) for path in paths}
    tracks["force plate, side"] = force_plate_runner(options.data / "forceplate", 60, 4, 0)[0]
    tracks["force plate, rear"] = forceplate_rear(options.data / "forceplate")
    return tracks


def analysed(track: PoseTrack) -> Analysis | None:
    """None if the program refuses the video."""
    try:
        return analyze_track(track, Settings())
    except GaitError:
        return None


def ordinary(track: PoseTrack) -> list[str]:
    """How the time base of the video was seen at each frame rate; "film" is right."""
    found = [analysed(at_rate(track, rate)) for rate in RATES_HZ]
    return [a.view.time_base if a else "refused" for a in found]


def slow(track: PoseTrack, factor: float, true_spm: float | None) -> list[str]:
    """What became of the slowed copies: "corrected", "left out" or "wrong"."""
    copies = (
        slowed(track, factor),
        slowed(track, factor, PLAYED_HZ),
        repeated(track, factor, PLAYED_HZ),
    )
    return [_outcome(analysed(copy), factor, true_spm) for copy in copies]


def _outcome(analysis: Analysis | None, factor: float, true_spm: float | None) -> str:
    found = cadence(analysis) if analysis else None
    if analysis is None or analysis.view.time_base == "unknown" or found is None:
        right = analysis is not None and analysis.view.time_scale == factor
        return "corrected" if right and true_spm is None else "left out"
    reference = true_spm or found * analysis.view.time_scale / factor
    return "corrected" if abs(found / reference - 1) <= GOOD else "wrong"


def uneven(track: PoseTrack, true_spm: float) -> list[str]:
    """Largest error of cadence in percent by share of dropped frames, then with jitter."""
    groups = [
        *([with_drops(track, share, seed) for seed in SEEDS] for share in DROPPED),
        [with_jitter(track, share, seed) for share in JITTER for seed in SEEDS],
    ]
    return [_largest(group, true_spm) for group in groups]


def _largest(tracks: Iterable[PoseTrack], true_spm: float) -> str:
    found = [cadence(a) if (a := analysed(track)) else None for track in tracks]
    errors = [100 * abs(spm / true_spm - 1) for spm in found if spm is not None]
    lost = f", {found.count(None)} left out" if None in found else ""
    return (f"{max(errors):.2f}" if errors else "-") + lost


def report(tracks: Mapping[str, PoseTrack]) -> str:
    """Both tables with their headings."""
    slow_rows, uneven_rows = [], []
    counts = {"corrected": 0, "left out": 0, "wrong": 0}
    rates_wrong = 0
    for name, track in tracks.items():
        plain = analysed(track)
        true_spm = cadence(plain) if plain else None
        bases = ordinary(track)
        rates_wrong += sum(base != "film" for base in bases)
        cells = []
        for factor in FACTORS:
            found = slow(track, factor, true_spm)
            for outcome in found:
                counts[outcome] += 1
            kinds = {outcome: found.count(outcome) for outcome in counts if outcome in found}
            cells.append(", ".join(f"{n} {outcome}" for outcome, n in kinds.items()))
        shown = "-" if true_spm is None else f"{true_spm:.1f}"
        ok = f"{bases.count('film')} of {len(bases)}"
        slow_rows.append([name, shown, ok, *cells])
        if true_spm is not None:
            uneven_rows.append([name, *uneven(track, true_spm)])
    n = len(tracks) * len(RATES_HZ)
    total = ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
    return (
        "### Slow motion and frame rates\n\n"
        f"Copies in slow motion: {total}. Ordinary copies taken for anything else: {rates_wrong} "
        f"of {n}.\n\n"
        + table(
            ["", "steps/min", "ordinary copies", *(f"x {factor}" for factor in FACTORS)], slow_rows
        )
        + "\n\n### Dropped and jittered frames: largest error of cadence, %\n\n"
        + table(["", *(f"{100 * d:.0f} % dropped" for d in DROPPED), "jitter"], uneven_rows)
    )


def main() -> None:
    """Make both tables."""
    options = arguments(__doc__, held_out=True).parse_args()
    publish("true-time", report(videos(options)), options)


if __name__ == "__main__":
    main()
