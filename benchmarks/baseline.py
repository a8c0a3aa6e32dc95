"""Errors as they were, to notice a change that makes one worse.

``python benchmarks/baseline.py`` writes them anew, after a change for the better.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
from pydantic import BaseModel, ConfigDict, TypeAdapter

from gait.validation.report import Report, validate
from gait.validation.truth import TRACKS, known_videos

FILE: Final = Path(__file__).with_name("baseline.json")


class Error(BaseModel):
    """One line of the baseline: the mean size of an error, its standard error, and how many."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    n: int
    mae: float
    se: float


_ERRORS: Final = TypeAdapter(Mapping[str, Error])


def errors(report: Report) -> Mapping[str, Error]:
    """What is watched: the mean absolute error of every metric, and of contacts by view."""
    rows = {
        m.metric: Error(n=m.n, mae=round(m.mae, 4), se=round(m.mae_se or 0.0, 4))
        for m in report.metrics
    }
    for plane in ("side", "rear", "front"):
        for kind in ("strike", "off"):
            own = [e for e in report.events if (e.plane, e.kind) == (plane, kind)]
            size = [float(np.hypot(e.bias_ms or 0, e.sd_ms or 0)) for e in own]
            if size:
                se = float(np.std(size, ddof=1) / np.sqrt(len(size))) if len(size) > 1 else 1.0
                n = sum(e.n - e.invented for e in own)
                rows[f"{kind}, {plane}, ms"] = Error(
                    n=n, mae=round(float(np.mean(size)), 3), se=round(se, 3)
                )
    return rows


def stored() -> Mapping[str, Error]:
    """The baseline."""
    return _ERRORS.validate_json(FILE.read_bytes())


def worse(before: Mapping[str, Error], now: Mapping[str, Error]) -> Iterable[str]:
    """One line for each error that grew by more than its standard error, or lost values.

    The videos are the same, so most of the scatter between videos cancels: what a change does to
    the error shows long before it exceeds the noise of the error itself.

    Parameters
    ----------
    before, now : mapping of str to Error
        From `errors`.
    """
    for name, old in before.items():
        new = now.get(name)
        if new is None or new.n < old.n:
            yield f"{name}: {old.n} values before, now {new.n if new else 0}"
        elif new.mae > old.mae + old.se:
            yield (
                f"{name}: mean error {old.mae:.3g} before, now {new.mae:.3g}, "
                f"allowed {old.mae + old.se:.3g}"
            )


def main() -> None:
    """Write the baseline and say what changed."""
    with TemporaryDirectory() as runs:
        now = errors(validate(known_videos(TRACKS), Path(runs)))
    if FILE.exists():
        sys.stdout.writelines(f"{line}\n" for line in worse(stored(), now))
    FILE.write_bytes(_ERRORS.dump_json(now, indent=1) + b"\n")


if __name__ == "__main__":
    main()
