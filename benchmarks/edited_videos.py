"""Videos as people send them: what is said about them, and whether the numbers are right.

    PYTHONPATH=tests python benchmarks/edited_videos.py [--only NAME ...] [--write docs/accuracy.md]

The videos are made of the sample videos with every second picture, and kept with their run folders
in the cache; from there a run takes seconds.
"""

from __future__ import annotations

import json
import sys
from itertools import islice
from pathlib import Path

import data_edited
from scoring import arguments, publish

from gait.analysis.results import Analysis
from gait.io.run_folder import RunFolder
from gait.pipeline import analyze
from gait.settings import Settings
from gait.types import GaitError
from gait.validation.markdown import table

FPS_HZ = 30.0
EVERY = round(data_edited.FPS_HZ / FPS_HZ)
HEADER = ("video", "cadence", "contact, ms", "trunk rise, cm", "analysed, s", "said")
SETTINGS = Settings(height_m=1.75)
OTHER_RUNNER = {"two videos in a row": "side_overstride"}
"""Whose truth holds for the segment that is analysed; otherwise it is that of `side_normal`."""


def analysed(name: str, cache: Path) -> Analysis | GaitError:
    """What gaitlens makes of one of the videos."""
    folder = cache / "edited" / name.replace(" ", "_").replace(",", "")
    video = folder.with_suffix(".mp4")
    if not video.exists():
        video.parent.mkdir(parents=True, exist_ok=True)
        pictures = (data_edited.PEOPLE | data_edited.CUTS | data_edited.CAMERA)[name]()
        data_edited.write(islice(pictures, 0, None, EVERY), video, FPS_HZ)
    try:
        return analyze(video, SETTINGS, out=RunFolder(folder).path, overlay=False)
    except GaitError as e:
        return e


def row(name: str, cache: Path) -> tuple[str, ...]:
    """One line of the table: found and, in brackets, true."""
    found = analysed(name, cache)
    if isinstance(found, GaitError):
        return name, "-", "-", "-", "-", f"asked: {found.problem}"
    scene = OTHER_RUNNER.get(name, "side_normal")
    truth = json.loads((data_edited.SAMPLES / f"{scene}.truth.json").read_text())["summary"]
    true = {
        "cadence": truth["cadence_spm"],
        "contact_time": 1000 * truth["contact_s"],
        "vertical_oscillation": 100 * truth["vertical_oscillation_m"],
    }
    own = [limit for limit in found.view.limits if "frames per second" not in limit]
    return (
        name,
        *(_value(found, metric, value) for metric, value in true.items()),
        f"{found.view.window_s[0]:.1f} to {found.view.window_s[1]:.1f}",
        "; ".join(limit.split(". ")[0].rstrip(".") for limit in own) or "nothing",
    )


def _value(found: Analysis, metric: str, true: float) -> str:
    near = found.view.near_side or "right"
    summary = found.summary(metric) or found.summary(metric, near)
    if summary is None or summary.value is None or summary.ci95 is None:
        return "not given"
    half = (summary.ci95[1] - summary.ci95[0]) / 2
    return f"{summary.value:.1f} ± {half:.1f} ({true:.1f})"


def main() -> None:
    """Write the table."""
    parser = arguments(__doc__, data=False)
    parser.add_argument("--only", nargs="*", help="names of videos")
    options = parser.parse_args()
    groups = {
        "Several people": data_edited.PEOPLE,
        "Cuts": data_edited.CUTS,
        "A camera that moves": data_edited.CAMERA,
    }
    text = []
    for title, videos in groups.items():
        rows = []
        for name in videos:
            if not options.only or name in options.only:
                rows.append(row(name, options.cache))
                sys.stderr.write(f"{rows[-1]}\n")
        if rows:
            text.append(f"**{title}**\n\n{table(HEADER, rows)}")
    publish("edited videos", "\n\n".join(text), options)


if __name__ == "__main__":
    main()
