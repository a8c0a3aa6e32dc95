"""Frontal-plane metrics of rendered rear and front films against truth, with and without outline.

    python benchmarks/frontal_metrics.py --data VALIDATION_DIR [--held-out DIR] [--write FILE]

"Landmarks alone" is the same track without what was measured in the picture: what the points of the
pose model would have said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from material import Rendered, product_track, rendered_frontal_views
from scoring import arguments, publish, table

from gait import analyze_track
from gait.angles import knee_flexion, to_frontal
from gait.cleaning import clean
from gait.types import SIDES, Analysis, Float, PoseTrack, Side

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
    return track.with_(signals={})


def fppa_in_stance(clip: Rendered, track: PoseTrack, side: Side) -> Mapping[str, Agreement]:
    """FPPA of every frame of stance against the figure in space, and against its true picture."""
    cleaned, truth = clean(track), clip.true_track
    n = min(len(cleaned), len(truth))
    on_ground = np.array(clip.truth["series"][f"{side}_contact"])[:n] > 0.5
    found = _fppa(cleaned, clip, side)[:n][on_ground]
    in_space = np.array(clip.truth["series"][f"{side}_fppa"])[:n][on_ground]
    in_picture = _fppa(truth, clip, side)[:n][on_ground]
    return {
        "in space": Agreement.of(found, in_space),
        "in the picture": Agreement.of(found, in_picture),
    }


def true_values(clip: Rendered) -> Mapping[tuple[str, str], float]:
    """What the metrics are, from the motion in space; means over the whole steps of the film."""
    steps = clip.truth["steps"]
    values: dict[tuple[str, str], float] = {}
    feet: dict[Side, Float] = {}
    for side in SIDES:
        own = [s for s in steps if s["side"] == side]
        middle_s = np.array([(s["fs"] + s["to"]) / 2 for s in own])
        values["knee_fppa", side] = float(np.mean([s["fppa_mid"] for s in own]))
        values["pelvic_drop", side] = float(np.mean([s["drop_peak"] for s in own]))
        values["hip_adduction", side] = _hip_adduction(clip, own, side)
        lean = _at(clip, middle_s, np.array(clip.truth["series"]["trunk_list"]))
        values["lateral_trunk_lean", side] = float(lean.mean()) * (1 if side == "left" else -1)
        foot = (_right(clip, f"{side}_ankle") + _right(clip, f"{side}_heel")) / 2
        feet[side] = _at(clip, middle_s, foot)
    values["step_width", "both"] = 100 * float(feet["right"].mean() - feet["left"].mean())
    hips = (_right(clip, "left_hip") + _right(clip, "right_hip")) / 2
    stride_s = 2 * float(np.mean(clip.truth["summary"]["step_time_s"]))
    ranges = []
    for s in steps:
        t = np.linspace(s["fs"], s["fs"] + stride_s, 101)
        if t[-1] <= clip.truth["t"][-1]:
            x = _at(clip, t, hips)
            ranges.append(np.ptp(x - np.linspace(0, x[-1] - x[0], len(x))))
    values["pelvic_sway", "both"] = 100 * float(np.mean(ranges))
    return values


def report(data: Path, held_out: Path | None, cache: Path) -> str:
    """All tables.

    Parameters
    ----------
    data : Path
        The validation data.
    held_out : Path or None
        Rendered films that nothing was tuned on.
    cache : Path
        Where pose tracks are kept.

    Returns
    -------
    str
        Markdown.
    """
    clips = [(clip, "") for clip in rendered_frontal_views(data / "rendered")]
    clips += [(clip, ", held out") for clip in rendered_frontal_views(held_out)] if held_out else []
    stance, values = [], []
    for clip, note in clips:
        track = product_track(clip.film, cache)
        tracks = dict(zip(TRACKS, (track, landmarks_alone(track)), strict=True))
        for side in SIDES:
            agreement = {name: fppa_in_stance(clip, t, side) for name, t in tracks.items()}
            row = [agreement[n][where] for n in tracks for where in FRAMES]
            stance.append([f"`{clip.name}`{note}", side, *map(str, row)])
        analyses = [analyze_track(t, clip.settings) for t in tracks.values()]
        values += _value_rows(clip, *analyses)
    return "\n\n".join(
        [
            "FPPA in all frames of stance: slope, r, mean error and RMS about it in degrees.",
            table(
                ["film", "leg", *(f"{n}, {where}" for n in TRACKS for where in FRAMES)],
                stance,
            ),
            "Values of a film against the figure in space.",
            table(
                ["film", "metric", "side", "truth", "measured", "error", "inside", TRACKS[1]],
                values,
            ),
        ]
    )


def _value_rows(clip: Rendered, analysis: Analysis, alone: Analysis) -> list[list[str]]:
    rows = []
    for (metric, side), true in true_values(clip).items():
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
        first = [f"`{clip.name}`", NAMES[metric], side, f"{true:.1f}"]
        rows.append([*first, measured, error, inside, before])
    return rows


def _fppa(track: PoseTrack, clip: Rendered, side: Side) -> Float:
    """(T,) degrees, knee inwards positive."""
    front = clip.truth["camera"]["view"] == "front"
    points = (to_frontal(track[f"{side}_{p}"], front) for p in ("hip", "knee", "ankle"))
    return knee_flexion(*points) * (1 if side == "left" else -1)


def _right(clip: Rendered, point: str) -> Float:
    """(T,) m to the runner's right."""
    world, names = np.array(clip.truth["world"]), clip.truth["landmarks"]
    return -world[:, names.index(point), 1]


def _hip_adduction(clip: Rendered, steps: list[dict[str, float]], side: Side) -> float:
    """Peak of the averaged curve of pelvis against thigh, both in the frontal plane of space."""
    world, names = np.array(clip.truth["world"]), clip.truth["landmarks"]
    sign = 1 if side == "left" else -1
    thigh = world[:, names.index(f"{side}_knee")] - world[:, names.index(f"{side}_hip")]
    inward = np.degrees(np.arctan2(-sign * thigh[:, 1], -thigh[:, 2]))
    angle = sign * np.array(clip.truth["series"]["pelvis_obliquity"]) + inward
    share = np.linspace(0.1, 0.6, 51)
    curves = [_at(clip, s["fs"] + share * (s["to"] - s["fs"]), angle) for s in steps]
    return float(np.mean(curves, axis=0).max())


def _at(clip: Rendered, time_s: Float, series: Float) -> Float:
    return np.interp(time_s, clip.truth["t"], series)


def main() -> None:
    """Make all tables."""
    options = arguments(__doc__, held_out=True).parse_args()
    publish("frontal", report(options.data, options.held_out, options.cache), options)


if __name__ == "__main__":
    main()
