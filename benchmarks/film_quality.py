"""What is said of films that were made worse in known ways, and what their numbers are worth.

    PYTHONPATH=tests python benchmarks/film_quality.py --data VALIDATION_DIR [--held-out DIR]

Copies of rendered films and their tracks are kept in the cache; making them takes an hour.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable
from pathlib import Path

import cv2
import frontal_metrics
import numpy as np
from degraded import DEGRADATIONS, write
from material import Rendered, product_track
from metric_errors import Checked, metric_errors
from scoring import arguments, publish, table

from gait import analyze_track
from gait.grading import grade
from gait.knowledge.film import load_main
from gait.pose.upright import UprightLines
from gait.settings import Settings
from gait.types import Analysis, PoseTrack
from gait.video import frames

FRONTAL = (
    "as it was",
    "shutter open all the time",
    "half as large (190 px tall)",
    "feet cut off",
    "camera rolled by 6°",
)
"""What is done to the film from behind; the rest says nothing new there."""

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
"""What the real films are, and what a person who looks at them says."""

ROLLS_DEG = (-10.0, -6.0, -3.0, 0.0, 3.0, 6.0, 10.0)


def said(analysis: Analysis) -> str:
    """The faults, dearest first."""
    return "; ".join(f.id.replace("_", " ") for f in analysis.quality.faults) or "-"


def copies_table(clip: Rendered, names: Iterable[str], cache: Path) -> str:
    """One row per copy of a film: what is said, and how the numbers hold."""
    rows = []
    for name in names:
        slug = re.sub(r"\W+", "_", name).strip("_")
        to = cache / f"{clip.name}.{slug}.mp4"
        track = product_track(write(clip.film, clip.true_track, DEGRADATIONS[name], to), cache)
        analysis = analyze_track(track, clip.settings)
        checked = errors(clip, track, analysis)
        given = [c for c in checked if c.error is not None]
        outside = [c.summary.name.lower() for c in given if not c.inside]
        main = [c for c in checked if c.summary.metric in load_main() and not c.summary.far_side]
        rows.append(
            [
                name,
                grade(analysis).level,
                said(analysis),
                f"{len(given)}/{len(checked)}",
                f"{len(given) - len(outside)}/{len(given)}",
                ", ".join(dict.fromkeys(outside)) or "-",
                _worst(main),
            ]
        )
    return table(["copy", "grade", "faults", "given", "inside", "outside", "main, worst"], rows)


def errors(clip: Rendered, track: PoseTrack, analysis: Analysis) -> list[Checked]:
    """Every metric with a truth, whether or not it was given."""
    if clip.truth["camera"]["view"].startswith("side"):
        return metric_errors(clip, track)
    true = frontal_metrics.true_values(clip)
    speed = clip.settings.speed_mps
    return [
        Checked(s, true[s.metric, s.side], speed)
        for s in analysis.summaries
        if (s.metric, s.side) in true
    ]


def _worst(checked: Iterable[Checked]) -> str:
    """The main number that is furthest off for its interval."""
    given = [(abs(c.error) / c.half, c) for c in checked if c.error is not None]
    if not given:
        return "none given"
    _, c = max(given, key=lambda pair: pair[0])
    assert c.error is not None
    return f"{c.summary.name.lower()} {c.error:+.{c.decimals}f} (± {c.half:.{c.decimals}f})"


def eye_table(folder: Path, cache: Path) -> str:
    """Real films: what a person says and what the program says."""
    rows = []
    for film in sorted(folder.glob("*.mp4")):
        name, by_eye = BY_EYE[film.stem]
        analysis = analyze_track(product_track(film, cache), Settings())
        rows.append([name, by_eye, grade(analysis).level, said(analysis)])
    return table(["film", "by eye", "grade", "faults"], rows)


def roll_table(films: Iterable[Path]) -> str:
    """Error of the roll that the background shows, of one frame turned by known angles."""
    rows = []
    for film in films:
        image = next(frames(film)).image
        read = [UprightLines().step(_turned(image, a), {}, 0.0) for a in ROLLS_DEG]
        straight = read[ROLLS_DEG.index(0.0)]["background_roll_deg"]
        cells = [
            f"{r['background_roll_deg'] - a - straight:+.2f}"
            if np.isfinite(r["background_roll_deg"] + straight)
            else "-"
            for r, a in zip(read, ROLLS_DEG, strict=True)
        ]
        name = BY_EYE.get(film.stem, (f"`{film.stem}`",))[0]
        rows.append([name, f"{straight:+.2f}" if np.isfinite(straight) else "not given", *cells])
    return table(["film", "as filmed", *(f"{a:+.0f}°" for a in ROLLS_DEG)], rows)


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
    side, rear = (Rendered(rendered / f"{name}.mp4") for name in ("side_normal", "rear_normal"))
    real = sorted((options.data / "clips").glob("*.mp4"))
    films = [*sorted(rendered.glob("*.mp4")), *real]
    if options.held_out:
        films += sorted(options.held_out.glob("*.mp4"))
    return "\n\n".join(
        [
            "### From the side, made worse",
            copies_table(side, DEGRADATIONS, options.cache),
            "### From behind, made worse",
            copies_table(rear, FRONTAL, options.cache),
            "### Real films by eye",
            eye_table(options.data / "clips", options.cache),
            "### Roll of the camera from the background, degrees",
            roll_table(films),
        ]
    )


def main() -> None:
    """Make all tables."""
    options = arguments(__doc__, held_out=True).parse_args()
    publish("film quality", report(options), options)


if __name__ == "__main__":
    main()
