"""How long before and after its fastest fall and rise the trunk says strike and toe-off.

    PYTHONPATH=tests python benchmarks/trunk_rule.py --data VALIDATION_DIR

Fits the constants of `gait.analysis.events.frontal_detectors` to force-plate runners seen from
behind, and says what every rule tried leaves on the runner it was not fitted to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from data_truth import forceplate_contacts, forceplate_rear
from scoring import arguments, publish

from gait.analysis.analyze import cleaned_track
from gait.analysis.events.frontal_detectors import (
    FASTEST_PERCENT,
    OFF_AFTER_RISE,
    STRIKE_AFTER_FALL,
    SWING_SHARE,
    fastest,
)
from gait.analysis.events.trunk_oscillation import bounce
from gait.types import Float
from gait.validation.force_plate import plate_trials
from gait.validation.markdown import table

FPS_HZ, NOISE_MM = 60, 4
MATCH_S = 0.13
RULES = {
    "a constant": (),
    "belt speed": ("speed",),
    "fall to lowest point": ("slow",),
    "belt speed, fastest rise": ("speed", "swift"),
    "fall to lowest point, fastest rise": ("slow", "swift"),
    "all three": ("speed", "slow", "swift"),
}
CHOSEN = "fall to lowest point, fastest rise"

Row = Mapping[str, float | str]


def readings(folder: Path) -> Iterator[Row]:
    """Of every trial: what the trunk does, and the median time from it to the plate's events, s."""
    for trial in plate_trials(folder):
        track = forceplate_rear(folder, FPS_HZ, NOISE_MM, trial=trial.name)
        true = forceplate_contacts(folder, trial.name)
        seen = bounce(cleaned_track(track, 1.0, None))
        assert seen is not None
        swing = SWING_SHARE * seen.step_s
        falls = fastest(seen, seen.lowest - swing, seen.lowest, -1).mean(axis=1)
        rises = fastest(seen, seen.lowest, seen.lowest + swing, 1).mean(axis=1)
        speed = np.mean(seen.velocity, axis=0)
        yield {
            "runner": trial.runner,
            "speed": trial.settings.speed_mps or np.nan,
            "slow": float(np.nanmedian(seen.lowest - falls)),
            "swift": float(np.nanpercentile(speed, FASTEST_PERCENT)),
            "strike": _usual(falls, [e.time_s for e in true if e.kind == "strike"]),
            "off": _usual(rises, [e.time_s for e in true if e.kind == "off"]),
        }


def _usual(seen: Float, true: list[float]) -> float:
    """Median time from what was seen to the event next to it, s."""
    seen = seen[np.isfinite(seen)]
    apart = np.array([min((t - s for t in true), key=abs) for s in seen])
    return float(np.median(apart[np.abs(apart) < MATCH_S]))


def left_over(rows: list[Row], event: str, features: tuple[str, ...]) -> tuple[Float, Float]:
    """Coefficients of the whole, and the error of every trial when its runner is left out, s."""
    runner = np.array([r["runner"] for r in rows])
    y = np.array([r[event] for r in rows], dtype=float)
    x = np.array([[1.0, *(float(r[f]) for f in features)] for r in rows])
    error = np.empty(len(y))
    for left_out in set(runner):
        own = runner == left_out
        error[own] = y[own] - x[own] @ np.linalg.lstsq(x[~own], y[~own], rcond=None)[0]
    return np.linalg.lstsq(x, y, rcond=None)[0], error


def main() -> None:
    """Print what each rule leaves, and the constants of the chosen one beside those in use."""
    options = arguments(__doc__)
    chosen = options.parse_args()
    rows = list(readings(chosen.data / "forceplate"))
    cells = []
    for name, features in RULES.items():
        errors = [left_over(rows, event, features)[1] * 1000 for event in ("strike", "off")]
        cells.append([name, *(f"{e.std():.1f}, {np.abs(e).max():.0f}" for e in errors)])
    lines = [
        table(["told by", "strike, ms: SD, worst", "toe-off, ms: SD, worst"], cells),
        "",
        *(
            f"{event}: fitted {left_over(rows, event, RULES[CHOSEN])[0].round(4).tolist()}, "
            f"in use {list(used)}"
            for event, used in (("strike", STRIKE_AFTER_FALL), ("off", OFF_AFTER_RISE))
        ),
    ]
    publish("trunk-rule", "\n".join(lines), chosen)


if __name__ == "__main__":
    main()
