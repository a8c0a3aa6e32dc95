"""Frontal-plane metrics of rendered rear and front videos against truth, with and without outline.

    python benchmarks/frontal_metrics.py --data VALIDATION_DIR [--held-out DIR] [--write FILE]

"Landmarks alone" is the same track without what was measured in the picture: what the points of the
pose model would have said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from material import product_track
from scoring import arguments, publish

from gait import analyze_track
from gait.analysis.angles import knee_flexion, to_frontal
from gait.analysis.cleaning.filtering import clean
from gait.analysis.results import Analysis
from gait.types import SIDES, Float, PixelSignals, PoseTrack, Side
from gait.validation.markdown import table
from gait.validation.rendered import Rendered, rendered_videos
from gait.validation.true_values import true_values

TRACKS = ("outline", "landmarks alone")
FRAMES = ("in space", "in the picture")
NAMES = {
    "knee_fppa": "FPPA at mid-stance, deg",
    "hip_adduction": "hip adduction, deg",
    "step_width": "step width, cm",
    "pelvic_sway": "pelvic sway, cm",
    "lateral_trunk_lean": "lateral trunk lean, deg",
}


@dataclass(frozen=True)
class Agreement:
    """A series against the truth over the frames of stance."""

    slope: float
    r: float
    bias: float
    rms: float

    @classmethod
    def of(cls, found: Float, true: Float) -> Agreement:
        """Least squares of found on true; `rms` is about the mean difference."""
        error = found - true
        slope = np.polyfit(true, found, 1)[0]
        r = np.corrcoef(true, found)[0, 1]
        return cls(float(slope), float(r), float(error.mean()), float(error.std()))

    def __str__(self) -> str:
        return f"{self.slope:.2f}, {self.r:.2f}, {self.bias:+.1f}, {self.rms:.1f}"


def landmarks_alone(track: PoseTrack) -> PoseTrack:
    """The track without what was measured in the picture."""
    return track.with_(signals=PixelSignals())


def fppa_in_stance(scene: Rendered, track: PoseTrack, side: Side) -> Mapping[str, Agreement]:
    """FPPA of every frame of stance against the figure in space, and against its true picture."""
    cleaned, truth = clean(track), scene.track
    n = min(len(cleaned), len(truth))
    on_ground = np.array(scene.truth["series"][f"{side}_contact"])[:n] > 0.5
    found = _fppa(cleaned, scene, side)[:n][on_ground]
    in_space = np.array(scene.truth["series"][f"{side}_fppa"])[:n][on_ground]
    in_picture = _fppa(truth, scene, side)[:n][on_ground]
    return {
        "in space": Agreement.of(found, in_space),
        "in the picture": Agreement.of(found, in_picture),
    }


def report(data: Path, held_out: Path | None, cache: Path) -> str:
    """All tables.

    Parameters
    ----------
    data : Path
        The validation data.
    held_out : Path or None
        Rendered videos that nothing was tuned on.
    cache : Path
        Where pose tracks are kept.

    Returns
    -------
    str
        Markdown.
    """
    scenes = [(scene, "") for scene in rendered_videos(data / "rendered", "rear", "front")]
    scenes += (
        [(scene, ", held out") for scene in rendered_videos(held_out, "rear", "front")]
        if held_out
        else []
    )
    stance, values = [], []
    for scene, note in scenes:
        track = product_track(scene.video, cache)
        tracks = dict(zip(TRACKS, (track, landmarks_alone(track)), strict=True))
        for side in SIDES:
            agreement = {name: fppa_in_stance(scene, t, side) for name, t in tracks.items()}
            row = [agreement[n][where] for n in tracks for where in FRAMES]
            stance.append([f"`{scene.name}`{note}", side, *map(str, row)])
        analyses = [analyze_track(t, scene.settings) for t in tracks.values()]
        values += _value_rows(scene, *analyses)
    return "\n\n".join(
        [
            "FPPA in all frames of stance: slope, r, mean error and RMS about it in degrees.",
            table(
                ["video", "leg", *(f"{n}, {where}" for n in TRACKS for where in FRAMES)],
                stance,
            ),
            "Values of a video against the figure in space.",
            table(
                ["video", "metric", "side", "truth", "measured", "error", "inside", TRACKS[1]],
                values,
            ),
        ]
    )


def _value_rows(scene: Rendered, analysis: Analysis, alone: Analysis) -> list[list[str]]:
    rows = []
    for (metric, side), true in true_values(scene).items():
        summary, bare = analysis.summary(metric, side), alone.summary(metric, side)
        if metric not in NAMES or summary is None or bare is None:
            continue
        measured = error = inside = "not given"
        if summary.value is not None and summary.ci95 is not None:
            low, high = summary.ci95
            measured = f"{summary.value:.1f} ± {(high - low) / 2:.1f}"
            error = f"{summary.value - true:+.1f}"
            inside = "yes" if low <= true <= high else "**no**"
        before = "not given" if bare.value is None else f"{bare.value:.1f}"
        first = [f"`{scene.name}`", NAMES[metric], side, f"{true:.1f}"]
        rows.append([*first, measured, error, inside, before])
    return rows


def _fppa(track: PoseTrack, scene: Rendered, side: Side) -> Float:
    """(T,) degrees, knee inwards positive."""
    front = scene.truth["camera"]["view"] == "front"
    points = (to_frontal(track[f"{side}_{p}"], front) for p in ("hip", "knee", "ankle"))
    return knee_flexion(*points) * (1 if side == "left" else -1)


def main() -> None:
    """Make all tables."""
    options = arguments(__doc__, held_out=True).parse_args()
    publish("frontal", report(options.data, options.held_out, options.cache), options)


if __name__ == "__main__":
    main()
