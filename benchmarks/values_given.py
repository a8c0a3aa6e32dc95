"""How many of the numbers that a view can show a video gives, and why not the others.

    python benchmarks/values_given.py [--data DIR]

Kept tracks of rendered runners, and every ``.npz`` in DIR. Speed and height are told, as a user
who wants numbers would; what no video gives (the eversion of the rearfoot) does not count.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import gait
from gait.analysis.analyze import analyze_track
from gait.analysis.grading import withheld_by
from gait.analysis.kinematics.measure import VIEWS
from gait.analysis.results import Analysis, Summary
from gait.io.kept_run import kept_track
from gait.io.run_folder import RunFolder
from gait.knowledge import knowledge
from gait.settings import Settings
from gait.types import PoseTrack
from gait.validation.markdown import table
from gait.validation.truth import TRACKS, known_videos

NEVER = ("rearfoot_eversion",)
TOLD = Settings(speed_mps=3.0, height_m=1.75)


def possible(analysis: Analysis) -> list[Summary]:
    """Of all summaries those that a video of this view could give."""
    metrics, plane = knowledge().metrics, analysis.view.plane
    return [
        s
        for s in analysis.summaries
        if s.metric not in NEVER and plane in VIEWS[metrics[s.metric].view][0]
    ]


def tracks(folder: Path | None) -> Iterator[tuple[str, PoseTrack, Settings]]:
    """Name, track and what is told of it."""
    for known in known_videos(TRACKS):
        yield known.name, kept_track(RunFolder(known.source)), known.truth.settings
    for path in sorted(folder.glob("*.npz")) if folder else ():
        yield path.stem, gait.read(path), TOLD


def main() -> None:
    """One row for each track."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    rows = []
    for name, track, settings in tracks(parser.parse_args().data):
        analysis = analyze_track(track, settings)
        of = possible(analysis)
        given = sum(s.value is not None for s in of)
        why = "; ".join(f"{len(w.summaries)}: {w.reason}" for w in withheld_by(of))
        seconds = f"{track.time[-1] - track.time[0]:.1f}"
        share = f"{given} of {len(of)} ({100 * given / len(of):.0f} %)"
        rows.append([f"`{name}`", analysis.view.plane, seconds, share, why])
    print(table(["video", "view", "s", "given", "withheld, and why"], rows))  # noqa: T201


if __name__ == "__main__":
    main()
