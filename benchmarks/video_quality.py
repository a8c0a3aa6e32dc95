"""What is said of videos that were made worse in known ways, and what their numbers are worth.

    PYTHONPATH=tests python benchmarks/video_quality.py --data VALIDATION_DIR [--held-out DIR]

Copies of rendered videos and their tracks are kept in the cache; making them takes an hour.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
from degraded import DEGRADATIONS, write
from material import product_track
from scoring import arguments, publish

from gait import analyze_track
from gait.analysis.grading import grade
from gait.analysis.results import Analysis, Summary
from gait.knowledge import knowledge
from gait.pose.pixels.camera_roll import UprightLines
from gait.settings import Settings
from gait.types import GaitError, PoseTrack
from gait.validation.markdown import table
from gait.validation.rendered import Rendered
from gait.validation.true_values import true_values
from gait.video import frames

FRONTAL = (
    "as it was",
    "shutter open all the time",
    "half as large (190 px tall)",
    "feet cut off",
    "camera rolled by 6°",
)
"""What is done to the video from behind; the rest says nothing new there."""

BY_EYE = {
    "gaitlab_male_side_treadmill": (
        "treadmill in a garage, side",
        "usable: feet clearly smeared, few frames, camera a little behind the runner, console "
        "before the hands, loose shorts",
    ),
    "sarwesh_walk_side_control": (
        "walk past a hedge, side",
        "sharp and square, but over after two steps and the feet are at the lower edge",
    ),
    "sports2d_demo3_overground_side": (
        "run past a fence, side",
        "no use: runner tiny and soft, enters and leaves within a second",
    ),
    "sports2d_demo4_walk_side": (
        "walk there and back, side",
        "no use for running: small runner far off, dark trousers, feet smeared, comes and goes",
    ),
}
"""What the real videos are, and what a person who looks at them says."""

ROLLS_DEG = (-10.0, -6.0, -3.0, 3.0, 6.0, 10.0)


def said(analysis: Analysis) -> str:
    """The faults, dearest first."""
    return "; ".join(f.id.replace("_", " ") for f in analysis.quality.faults) or "-"


def copies_table(scene: Rendered, names: Iterable[str], cache: Path) -> str:
    """One row per copy of a video: what is said, and how the numbers hold."""
    settings = Settings(speed_mps=scene.speed_mps, height_m=scene.stature_m)
    true = true_values(scene)
    rows = []
    for name in names:
        slug = re.sub(r"\W+", "_", name).strip("_")
        to = cache / f"{scene.name}.{slug}.mp4"
        copy = write(scene.video, points_of(scene), DEGRADATIONS[name], to)
        try:
            analysis = analyze_track(product_track(copy, cache), settings)
        except GaitError as refused:
            rows.append([name, "refused", refused.problem, *[""] * 4])
            continue
        known = [s for s in analysis.summaries if (s.metric, s.side) in true]
        given = [(s, true[s.metric, s.side]) for s in known if s.value is not None]
        off = [s.name.lower() for s, truth in given if _error(s, truth) > 1]
        main = [g for g in given if g[0].metric in knowledge().main_metrics and not g[0].far_side]
        rows.append(
            [
                name,
                grade(analysis).level,
                said(analysis),
                f"{len(given)}/{len(known)}",
                f"{len(given) - len(off)}/{len(given)}",
                ", ".join(dict.fromkeys(off)) or "-",
                _worst(main),
            ]
        )
    return table(["copy", "grade", "faults", "given", "inside", "outside", "main, worst"], rows)


def points_of(scene: Rendered) -> PoseTrack:
    """Where the true points are in the picture."""
    px, camera = np.array(scene.truth["px"]), scene.truth["camera"]
    size = (camera["W"], camera["H"])
    names = tuple(scene.truth["landmarks"])
    return PoseTrack(np.array(scene.truth["t"]), px, np.ones(px.shape[:2]), names, size)


def _error(summary: Summary, truth: float) -> float:
    """Error in half-widths of the interval."""
    assert summary.value is not None
    assert summary.ci95 is not None
    return abs(summary.value - truth) / ((summary.ci95[1] - summary.ci95[0]) / 2)


def _worst(given: list[tuple[Summary, float]]) -> str:
    """The main number that is furthest off for its interval."""
    if not given:
        return "none given"
    s, truth = max(given, key=lambda pair: _error(*pair))
    assert s.value is not None
    assert s.ci95 is not None
    d = 0 if s.unit == "ms" else 1
    return f"{s.name.lower()} {s.value - truth:+.{d}f} (± {(s.ci95[1] - s.ci95[0]) / 2:.{d}f})"


def eye_table(folder: Path, cache: Path) -> str:
    """Real videos: what a person says and what the program says."""
    rows = []
    for video in sorted(folder.glob("*.mp4")):
        name, by_eye = BY_EYE[video.stem]
        analysis = analyze_track(product_track(video, cache), Settings())
        rows.append([name, by_eye, grade(analysis).level, said(analysis)])
    return table(["video", "by eye", "grade", "faults"], rows)


def roll_table(videos: Iterable[Path]) -> str:
    """Error of the roll that the background shows, of one frame turned by known angles."""
    rows = []
    for video in videos:
        image = next(frames(video)).image
        read = [UprightLines().step(_turned(image, a), {}, 0.0) for a in ROLLS_DEG]
        straight = UprightLines().step(_turned(image, 0), {}, 0.0).background_roll_deg
        cells = [
            f"{r['background_roll_deg'] - a - straight:+.2f}"
            if np.isfinite(r.background_roll_deg + straight)
            else "-"
            for r, a in zip(read, ROLLS_DEG, strict=True)
        ]
        name = BY_EYE.get(video.stem, (f"`{video.stem}`",))[0]
        rows.append([name, f"{straight:+.2f}" if np.isfinite(straight) else "not given", *cells])
    return table(["video", "as filmed", *(f"{a:+.0f}°" for a in ROLLS_DEG)], rows)


def _turned(image: np.ndarray, degrees: float) -> np.ndarray:
    """Turned clockwise; cut so that no edge of the picture is seen as a line."""
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    turned = cv2.warpAffine(image, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
    cut = int(0.12 * min(height, width))
    return turned[cut:-cut, cut:-cut]


def report(options: argparse.Namespace) -> str:
    """All tables with their headings."""
    rendered = options.data / "rendered"
    side, rear = (
        Rendered(rendered / f"{name}.truth.json") for name in ("side_normal", "rear_normal")
    )
    real = sorted((options.data / "clips").glob("*.mp4"))
    videos = [*sorted(rendered.glob("*.mp4")), *real]
    if options.held_out:
        videos += sorted(options.held_out.glob("*.mp4"))
    return "\n\n".join(
        [
            "### From the side, made worse",
            copies_table(side, DEGRADATIONS, options.cache),
            "### From behind, made worse",
            copies_table(rear, FRONTAL, options.cache),
            "### Real videos by eye",
            eye_table(options.data / "clips", options.cache),
            "### Roll of the camera from the background, degrees",
            roll_table(videos),
        ]
    )


def main() -> None:
    """Make all tables."""
    options = arguments(__doc__, held_out=True).parse_args()
    publish("video quality", report(options), options)


if __name__ == "__main__":
    main()
