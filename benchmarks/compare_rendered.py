"""What `gait.compare` says of rendered videos of one body that runs in two ways, against the truth.

python benchmarks/compare_rendered.py --data VALIDATION_DIR [--write docs/accuracy.md]
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
from compare import constant_sd
from material import product_track
from scoring import arguments, publish

from gait import analyze_track, compare
from gait.comparison.models import Change
from gait.comparison.table import difference, number
from gait.validation.markdown import table
from gait.validation.rendered import SUFFIX, Rendered, rendered_videos
from gait.validation.true_values import true_values

PAIRS = (("side_normal", "side_overstride"), ("rear_normal", "rear_bad"))
NO_ERROR = 1e-4  # cadence has no constant error; what is left is rounding
CLEARLY = 1.5  # times what is needed: a true change of which at least 80 % have to be found


def kind(change: Change, true_change: float) -> str:
    """How a verdict stands against the truth.

    Parameters
    ----------
    change : Change
        With a verdict.
    true_change : float
        After minus before.
    """
    assert change.detectable is not None
    assert change.difference is not None
    size = abs(true_change) / change.detectable
    if change.verdict == "real change":
        if change.difference * true_change < 0 or size < 1 / CLEARLY:
            return "**invented**"
        return "found"
    return "**missed**" if size >= CLEARLY else "not seen" if size >= 1 else "rightly none"


def pair_table(before: Rendered, after: Rendered, cache: Path) -> str:
    """All comparisons of two videos for which there is a truth."""
    analyses = [analyze_track(product_track(c.video, cache), c.settings) for c in (before, after)]
    true = [true_values(scene) for scene in (before, after)]
    rows = []
    for c in compare(analyses[:1], analyses[1:]).changes:
        key = (c.metric, c.side)
        if c.difference is None or key not in true[0] or key not in true[1]:
            continue
        true_change = true[1][key] - true[0][key]
        name = f"{c.name}, {c.unit}"
        side = f"{c.side}, far" if c.far_side else c.side
        found = [difference(c), number(c.detectable, c.unit), c.verdict]
        sign = "+" if true_change > 0 else ""
        rows.append([name, side, sign + number(true_change, c.unit), *found, kind(c, true_change)])
    return table(["metric", "side", "true change", "found", "needed", "verdict", ""], rows)


def shared_table(scenes: Sequence[Rendered], cache: Path) -> str:
    """How much of their constant errors two videos from the side of one body have in common.

    If a share s of the variance is common, the difference of two errors of SD c has the SD
    c sqrt(2 (1 - s)). Legs are matched by near and far.
    """
    errors = {scene.name: _errors(scene, cache) for scene in scenes}
    kinds = {f"`{a}` and `{b}`": [(a, b)] for a, b in PAIRS[:1]}
    for body in sorted({str(scene.truth["config"]["body"]) for scene in scenes}):
        own = [scene.name for scene in scenes if scene.truth["config"]["body"] == body]
        kinds[f"all videos of the {body} body"] = list(combinations(own, 2))
    rows = []
    for name, pairs in kinds.items():
        ratios = [
            (errors[b][key][0] - errors[a][key][0]) / np.hypot(errors[a][key][1], sd) * np.sqrt(2)
            for a, b in pairs
            for key, (_, sd) in errors[b].items()
            if key in errors[a]
        ]
        if ratios:
            rms = float(np.sqrt(np.mean(np.square(ratios))))
            share = f"{1 - rms**2 / 2:.2f}"
            rows.append([name, str(len(pairs)), str(len(ratios)), f"{rms:.2f}", share])
    header = ["", "pairs", "differences", "of the stated SD", "share in common"]
    return table(header, rows)


def _errors(scene: Rendered, cache: Path) -> dict[tuple[str, str], tuple[float, float]]:
    """Error and stated SD of the constant error, by metric and leg."""
    found = {}
    true = true_values(scene)
    for s in analyze_track(product_track(scene.video, cache), scene.settings).summaries:
        known = s.value is not None and s.sd is not None and (s.metric, s.side) in true
        if known and constant_sd(s) > NO_ERROR:
            leg = "both" if s.side == "both" else "far" if s.far_side else "near"
            found[s.metric, leg] = (s.value or 0.0) - true[s.metric, s.side], constant_sd(s)
    return found


def report(data: Path, held_out: Path | None, cache: Path) -> str:
    """One table for each pair, and what errors have in common."""
    folder = data / "rendered"
    tables = [
        f"`{one}` and `{other}`:\n\n"
        + pair_table(
            Rendered(folder / f"{one}{SUFFIX}"), Rendered(folder / f"{other}{SUFFIX}"), cache
        )
        for one, other in PAIRS
    ]
    scenes = rendered_videos(folder, "side") + (
        rendered_videos(held_out, "side") if held_out else []
    )
    shared = "Errors of the same metric and leg, second video minus first:\n\n"
    return "\n\n".join([*tables, shared + shared_table(scenes, cache)])


def main() -> None:
    """Make the tables."""
    options = arguments(__doc__, held_out=True).parse_args()
    publish("compare rendered", report(options.data, options.held_out, options.cache), options)


if __name__ == "__main__":
    main()
