"""What `gait.compare` says of rendered films of one body that runs in two ways, against the truth.

python benchmarks/compare_rendered.py --data VALIDATION_DIR [--write docs/accuracy.md]
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import frontal_metrics
import true_metrics
from material import Rendered, product_track
from scoring import arguments, publish, table

from gait import analyze_track, compare
from gait.change import Change
from gait.compare_table import difference, number

PAIRS = (("side_normal", "side_overstride"), ("rear_normal", "rear_bad"))
CLEARLY = 1.5  # times what is needed: a true change of which at least 80 % have to be found


def true_values(clip: Rendered) -> Mapping[tuple[str, str], float]:
    """Of a film from any side."""
    if clip.truth["camera"]["view"].startswith("side"):
        return true_metrics.true_values(clip)
    return {
        **frontal_metrics.true_values(clip),
        ("cadence", "both"): clip.truth["summary"]["cadence_spm"],
    }


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
    """All comparisons of two films for which there is a truth."""
    analyses = [analyze_track(product_track(c.film, cache), c.settings) for c in (before, after)]
    true = [true_values(clip) for clip in (before, after)]
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


def report(data: Path, cache: Path) -> str:
    """One table for each pair."""
    folder = data / "rendered"
    return "\n\n".join(
        f"`{one}` and `{other}`:\n\n"
        + pair_table(Rendered(folder / f"{one}.mp4"), Rendered(folder / f"{other}.mp4"), cache)
        for one, other in PAIRS
    )


def main() -> None:
    """Make the tables."""
    options = arguments(__doc__).parse_args()
    publish("compare rendered", report(options.data, options.cache), options)


if __name__ == "__main__":
    main()
