"""How long after it falls, turns and rises the trunk says strike and toe-off.

    PYTHONPATH=tests python benchmarks/trunk_rule.py --data VALIDATION_DIR

Fits the constants of `gait.analysis.events.frontal_detectors` to force-plate runners seen from
behind and, with as much weight in all, to tracks of the pose model of figures that move as some of
them did; says what every rule tried leaves on the runner it was not fitted to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from data_truth import forceplate_contacts, forceplate_rear
from scoring import arguments, publish

from gait.analysis.analyze import cleaned_track
from gait.analysis.events.frontal_detectors import (
    OFF_AFTER,
    STRIKE_AFTER,
    SWING_SHARE,
    fastest,
    fastest_rise,
    turning,
)
from gait.analysis.events.trunk_oscillation import bounce
from gait.analysis.results import Event
from gait.io.run_folder import RunFolder
from gait.types import Float, PoseTrack
from gait.validation.force_plate import plate_trials
from gait.validation.markdown import table
from gait.validation.report import kept_track
from gait.validation.truth import TRACKS, known_videos

FPS_HZ, NOISE_MM = 60, 4
MATCH_S = 0.2
TOLD_BY = {
    "": (),
    "step time": ("step",),
    "fall to lowest point, fastest rise": ("slow", "swift"),
    "fastest rise, step time": ("swift", "step"),
}
READ_AT = {"fastest fall or rise": 1.0, "lowest point": 0.0, "half way": 0.5}
CHOSEN = ("half way", "fastest rise, step time")


Names = Sequence[str]


@dataclass(frozen=True)
class Row:
    """What the trunk does in a trial: features, and times of its moments to the true event, s."""

    runner: str
    features: dict[str, float]
    fast: dict[str, float]
    low: dict[str, float]

    def told(self, names: Names) -> list[float]:
        """A constant and the features by which a rule is told how late it is."""
        return [1.0, *(self.features[name] for name in names)]

    def after(self, event: str, share: float) -> float:
        """From the moment that is read to the event, s."""
        return share * self.fast[event] + (1 - share) * self.low[event]


Rows = Sequence[Row]


def row(runner: str, track: PoseTrack, true: Sequence[Event]) -> Row:
    """Of one trial; medians over its steps."""
    seen = bounce(cleaned_track(track, 1.0, None))
    assert seen is not None
    swing = SWING_SHARE * seen.step_s
    falls = fastest(seen, seen.lowest - swing, seen.lowest, -1).mean(axis=1)
    rises = fastest(seen, seen.lowest, seen.lowest + swing, 1).mean(axis=1)
    turns = turning(seen, seen.lowest).mean(axis=1)
    fast, low = {}, {}
    for event, moments, sign in (("strike", falls, -1), ("off", rises, 1)):
        times = np.array([e.time_s for e in true if e.kind == event])
        low[event] = _usual(turns, times, sign)
        fast[event] = low[event] + float(np.nanmedian(turns - moments))
    features = {
        "slow": float(np.nanmedian(turns - falls)),
        "swift": fastest_rise(seen),
        "step": seen.step_s,
    }
    return Row(runner, features, fast, low)


def _usual(lowest: Float, true: Float, sign: int) -> float:
    """Median time from a lowest point to the event before (-1) or after (1) it, s."""
    apart = [sign * (true - t) for t in lowest[np.isfinite(lowest)]]
    nearest = [min(a[a > 0], default=np.inf) for a in apart]
    return sign * float(np.median([a for a in nearest if a < MATCH_S]))


def people(folder: Path) -> Iterator[Row]:
    """Runners on force plates."""
    for trial in plate_trials(folder):
        track = forceplate_rear(folder, FPS_HZ, NOISE_MM, trial=trial.name)
        yield row(trial.runner, track, forceplate_contacts(folder, trial.name))


def figures() -> Iterator[Row]:
    """Tracks of the pose model of figures that move as some of these runners did."""
    for video in known_videos(TRACKS):
        runner = video.truth.runner or ""
        if runner.startswith("rbds") and video.truth.plane != "side":
            yield row(runner, kept_track(RunFolder(video.source)), video.truth.contacts)


def fitted(people: Rows, figures: Rows, event: str, share: float, names: Names) -> Float:
    """Coefficients, s; people and figures weigh the same."""
    rows = [*people, *figures]
    weights = np.repeat([1 / len(people), 1 / len(figures)], [len(people), len(figures)]) ** 0.5
    x = np.array([r.told(names) for r in rows])
    y = np.array([r.after(event, share) for r in rows])
    return np.asarray(np.linalg.lstsq(x * weights[:, None], y * weights, rcond=None)[0])


def errors_ms(
    judged: Rows, people: Rows, figures: Rows, event: str, share: float, names: Names
) -> Float:
    """Early (-) or late of every trial judged, with the rule fitted to the other runners."""
    errors = []
    for r in judged:
        others = [
            [other for other in group if other.runner != r.runner] for group in (people, figures)
        ]
        said = np.dot(r.told(names), fitted(*others, event, share, names))
        errors.append(1000 * (said - r.after(event, share)))
    return np.array(errors)


def main() -> None:
    """Print what each rule leaves, and the constants of the chosen one beside those in use."""
    chosen = arguments(__doc__).parse_args()
    rows, drawn = list(people(chosen.data / "forceplate")), list(figures())
    cells = []
    for moment, share in READ_AT.items():
        for told, names in TOLD_BY.items():
            cell = [moment, told or "a constant"]
            for judged in (rows, drawn):
                for event in ("strike", "off"):
                    e = errors_ms(judged, rows, drawn, event, share, names)
                    cell.append(f"{np.sqrt(np.mean(e**2)):.1f}, {np.abs(e).max():.0f}")
            cells.append(cell)
    heads = [
        f"{whom}: {event}" for whom in ("people", "figures") for event in ("strike", "toe-off")
    ]
    lines = [
        f"RMS and worst, ms, of {len(rows)} trials of people and {len(drawn)} figures:",
        "",
        table(["read at", "told by", *heads], cells),
        "",
        *(
            f"{event}: fitted "
            f"{fitted(rows, drawn, event, share, names).round(4).tolist()}, in use {list(used)}"
            for event, used in (("strike", STRIKE_AFTER), ("off", OFF_AFTER))
        ),
    ]
    publish("trunk-rule", "\n".join(lines), chosen)


if __name__ == "__main__":
    main()
