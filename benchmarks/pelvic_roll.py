"""Roll of the pelvis in rendered rear and front videos against truth, beside the hip points.

python benchmarks/pelvic_roll.py --data VALIDATION_DIR [--held-out DIR] [--write FILE]
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from material import product_track
from scoring import arguments, publish

from gait import analyze_track
from gait.analysis.cleaning.filtering import clean
from gait.analysis.kinematics.pelvic_obliquity import SHARE, read_roll
from gait.analysis.trial import Strides, Trial
from gait.types import SIDES, Z95, Float, PoseTrack, Side
from gait.validation.markdown import table
from gait.validation.rendered import Rendered, rendered_videos

GRID = 100
"""Points of a gait cycle."""
PEAK_WINDOW = (0.10, 0.60)
"""Shares of stance between which drop has its peak, as in `gait.analysis.kinematics`."""


@dataclass(frozen=True)
class Agreement:
    """A series against the truth, both without their means."""

    slope: float
    r: float
    rms: float

    @classmethod
    def of(cls, found: Float, true: Float) -> Agreement:
        """Over the frames in which something was found; NaN if nothing was."""
        seen = np.isfinite(found)
        if not seen.any():
            return cls(np.nan, np.nan, np.nan)
        slope = np.polyfit(true[seen], found[seen], 1)[0]
        r = np.corrcoef(true[seen], found[seen])[0, 1]
        return cls(float(slope), float(r), float(np.std((found - true)[seen])))

    def __str__(self) -> str:
        return f"{self.slope:.2f}, {self.r:.2f}, {self.rms:.1f}" if self.r == self.r else "refused"


@dataclass(frozen=True)
class Cycle:
    """Curves over the gait cycle of one video, averaged between left strikes, degrees.

    Positive is the right hip lower; the means are taken away.
    """

    found: Float
    sd: Float
    true: Float
    hips: Float

    @classmethod
    def of(cls, scene: Rendered, track: PoseTrack) -> Cycle:
        """What the program and what the hip points say, and what is true."""
        analysis = analyze_track(track, scene.settings)
        trial = Trial(clean(track), analysis.view, analysis.settings, Strides(analysis.strides))
        cleaned = read_roll(trial.with_view(plane="rear")).track
        # Image right is the runner's right from behind, the left from in front.
        sign = -1 if scene.truth["camera"]["view"] == "front" else 1
        hip = sign * (cleaned["right_hip"] - cleaned["left_hip"])
        series = {
            "found": sign * cleaned.columns()["pelvic_roll_deg"],
            "sd": cleaned.columns()["pelvic_roll_sd_deg"],
            "true": np.array(scene.truth["series"]["pelvis_obliquity"]),
            "hips": sign * np.degrees(np.arctan2(hip[:, 1], hip[:, 0])),
        }
        curves = {
            name: _ensemble_average(scene, track.time, values) for name, values in series.items()
        }
        for name in ("found", "true", "hips"):
            curves[name] -= curves[name].mean()
        return cls(**curves)

    @property
    def held(self) -> float:
        """Share of the cycle whose 95 % interval holds the truth."""
        return float(np.mean(np.abs(self.found - self.true) < Z95 * self.sd))

    def range_deg(self, scene: Rendered, side: Side, curve: Float) -> tuple[float, float]:
        """Drop at its peak in the stance of a side, and from strike to that peak."""
        steps = [s for s in scene.truth["steps"] if s["side"] == side]
        contact = np.mean([s["contact_s"] for s in steps])
        share = contact / (2 * scene.truth["summary"]["step_time_s"])
        start = 0.0 if side == "left" else 0.5
        drop = curve if side == "left" else -curve
        window = start + share * np.linspace(*PEAK_WINDOW, 50)
        cycle = np.arange(GRID) / GRID
        peak = np.interp(window, cycle, drop, period=1).max()
        return float(peak), float(peak - np.interp(start, cycle, drop, period=1))


def report(data: Path, held_out: Path | None, cache: Path) -> str:
    """All tables.

    Parameters
    ----------
    data : Path
        The validation data.
    held_out : Path or None
        More rendered videos.
    cache : Path
        Where pose tracks are kept.

    Returns
    -------
    str
        Markdown.
    """
    scenes = rendered_videos(data / "rendered", "rear", "front")
    scenes += rendered_videos(held_out, "rear", "front") if held_out else []
    cycles = {scene: Cycle.of(scene, product_track(scene.video, cache)) for scene in scenes}
    seen = [scene for scene, cycle in cycles.items() if np.isfinite(cycle.found).all()]
    shares = [SHARE * Agreement.of(cycles[c].found, cycles[c].true).slope for c in seen]
    agreement, drops = [], []
    for scene, cycle in cycles.items():
        found = Agreement.of(cycle.found, cycle.true)
        others = [s for c, s in zip(seen, shares, strict=True) if c is not scene]
        alone = found.slope * SHARE / np.mean(others) if others else np.nan
        row = [str(found), f"{alone:.2f}", f"{100 * cycle.held:.0f} %"]
        agreement.append([f"`{scene.name}`", *row, str(Agreement.of(cycle.hips, cycle.true))])
        for side in SIDES:
            values = []
            for curve in (cycle.true, cycle.found, cycle.hips):
                peak, rise = cycle.range_deg(scene, side, curve)
                values.append(f"{peak:.1f}, {rise:.1f}")
            drops.append([f"`{scene.name}`", side, *values])
    return "\n\n".join(
        [
            "Averaged gait cycle, means taken away: slope, r, RMS in degrees; slope if the share "
            "had been taken from the other videos alone; how much of the cycle the 95 % interval "
            "holds.",
            table(["video", "picture", "share of the others", "held", "hip points"], agreement),
            "Drop in degrees at its peak in stance, and from strike to that peak.",
            table(
                [
                    "video",
                    "stance",
                    *(f"{w}: peak, rise" for w in ("true", "picture", "hip points")),
                ],
                drops,
            ),
        ]
    )


def _ensemble_average(scene: Rendered, time_s: Float, values: Float) -> Float:
    """Mean of the whole strides that are seen throughout."""
    n = min(len(time_s), len(values))
    events = scene.truth["events"]
    strikes = [e["t"] for e in events if (e["type"], e["side"]) == ("foot_strike", "left")]
    at = np.linspace(strikes[:-1], strikes[1:], GRID, endpoint=False, axis=1)
    curves = np.interp(at, time_s[:n], values[:n], left=np.nan, right=np.nan)
    whole = np.isfinite(curves).all(axis=1)
    return np.asarray(curves[whole].mean(axis=0)) if whole.any() else np.full(GRID, np.nan)


def main() -> None:
    """Make all tables."""
    options = arguments(__doc__, held_out=True).parse_args()
    publish("pelvic roll", report(options.data, options.held_out, options.cache), options)


if __name__ == "__main__":
    main()
