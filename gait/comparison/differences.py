"""How right minus left changed from videos before to videos after."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Final

import numpy as np

from gait.analysis.results import Analysis, SideDifference
from gait.comparison.models import Change
from gait.types import SIDES

_NOT_BOTH: Final = "Needs both legs in the videos before and in those after."


def change_of_differences(
    before: Sequence[Analysis], after: Sequence[Analysis], changes: Sequence[Change]
) -> tuple[Change, ...]:
    """The change of every right minus left that any of the videos has.

    The intervals of the videos are taken as independent, which is rather too careful: nobody has
    measured what two differences of one runner have in common.

    Parameters
    ----------
    before, after : sequence of Analysis
        One video or more each.
    changes : sequence of Change
        Of the legs: where these cannot be compared, their difference cannot either.
    """
    legs = {(c.metric, c.side): c for c in changes}
    first = {d.metric: d for a in chain(before, after) for d in a.differences}
    return tuple(
        _change(
            like,
            [d for a in before if (d := a.difference(metric)) is not None],
            [d for a in after if (d := a.difference(metric)) is not None],
            [c for side in SIDES if (c := legs.get((metric, side))) is not None],
        )
        for metric, like in first.items()
    )


def _change(
    like: SideDifference,
    before: Sequence[SideDifference],
    after: Sequence[SideDifference],
    legs: Sequence[Change],
) -> Change:
    blank = Change(
        metric=like.metric,
        name=f"{like.name}, right minus left",
        side="both",
        unit=like.unit,
        tier=like.tier,
        before=_mean(before),
        after=_mean(after),
        verdict="not comparable",
    )
    if blank.before is None or blank.after is None:
        return blank.model_copy(update={"why": (_NOT_BOTH,)})
    if any(c.verdict == "not comparable" for c in legs):
        return blank.model_copy(
            update={"why": tuple(dict.fromkeys(w for c in legs for w in c.why))}
        )
    change = blank.after - blank.before
    half = float(np.hypot(_half(before), _half(after)))
    return blank.model_copy(
        update={
            "difference": change,
            "ci95": (change - half, change + half),
            "detectable": half,
            "verdict": "real change" if abs(change) > half else "within measurement error",
            "typical": None if like.healthy is None else (-like.healthy, like.healthy),
            "far_side": any(c.far_side for c in legs),
        }
    )


def _mean(found: Sequence[SideDifference]) -> float | None:
    return float(np.mean([d.value for d in found])) if found else None


def _half(found: Sequence[SideDifference]) -> float:
    """Of the mean, as if the videos erred alike: their number takes nothing off."""
    return float(np.mean([d.half for d in found]))
