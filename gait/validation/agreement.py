"""How far results are from truth: bias, scatter, limits of agreement, coverage of our intervals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import numpy as np

from gait.analysis.kinematics.uncertainty import scatter_half
from gait.analysis.results import Analysis, Summary, View
from gait.knowledge import knowledge
from gait.types import Z95, StrictModel
from gait.validation.matching import EDGE_S, score
from gait.validation.truth import Truth


class Checked(StrictModel):
    """One summary beside the truth.

    `value`, `half` (of the stated interval) and `constant` (what is left of `half` without the
    scatter between strides) are None where no value was given.
    """

    video: str
    runner: str
    use: Literal["fit", "test"]
    metric: str
    side: str
    far_side: bool
    true: float
    value: float | None
    half: float | None
    constant: float | None

    @property
    def error(self) -> float | None:
        """Measured minus true."""
        return None if self.value is None else self.value - self.true

    @property
    def inside(self) -> bool:
        """Whether the stated 95 % interval holds the truth."""
        return self.error is not None and self.half is not None and abs(self.error) <= self.half

    @property
    def inside_constant(self) -> bool:
        """Whether the constant part of the interval alone holds the truth."""
        known = self.error is not None and self.constant is not None
        return known and abs(self.error) <= self.constant  # type: ignore[arg-type,operator]


class MetricAgreement(StrictModel):
    """One metric over all videos. Errors are measured minus true, in `unit`.

    `n` values of `runners` runners; `asked` counts those that were to be had. `half` is the mean
    half-width of the stated intervals and `covered` how many of them hold the truth.
    """

    metric: str
    unit: str
    runners: int
    asked: int
    n: int
    bias: float
    sd: float | None
    mae: float
    mae_se: float | None
    rms: float
    limits: tuple[float, float] | None
    half: float
    covered: int

    @classmethod
    def of(cls, checked: Sequence[Checked]) -> MetricAgreement | None:
        """Of one metric; None if no value was given."""
        given = [c for c in checked if c.error is not None]
        if not given:
            return None
        errors = np.array([c.error for c in given], dtype=float)
        several = len(errors) > 1
        bias = float(errors.mean())
        sd = float(errors.std(ddof=1)) if several else None
        size = np.abs(errors)
        return cls(
            metric=given[0].metric,
            unit=knowledge().metrics[given[0].metric].unit,
            runners=len({c.runner for c in given}),
            asked=len(checked),
            n=len(given),
            bias=bias,
            sd=sd,
            mae=float(size.mean()),
            mae_se=float(size.std(ddof=1) / np.sqrt(len(size))) if several else None,
            rms=float(np.sqrt(np.mean(errors**2))),
            # Of agreement (Bland and Altman 1986).
            limits=None if sd is None else (bias - Z95 * sd, bias + Z95 * sd),
            half=float(np.mean([c.half for c in given])),
            covered=sum(c.inside for c in given),
        )


class EventAgreement(StrictModel):
    """Strikes or toe-offs of one video, errors in ms, positive if late."""

    video: str
    runner: str
    plane: str
    fps_hz: float
    kind: str
    n: int
    missed: int
    invented: int
    bias_ms: float | None
    sd_ms: float | None


def check(video: str, analysis: Analysis, truth: Truth) -> list[Checked]:
    """Every summary of a video for which there is a truth.

    Parameters
    ----------
    video : str
        Its name.
    analysis : Analysis
        What the program says of it.
    truth : Truth
        What is known of it.
    """
    true = truth.by_key
    return [
        Checked(
            video=video,
            runner=truth.runner or video,
            use=truth.use,
            metric=s.metric,
            side=s.side,
            far_side=s.far_side,
            true=true[s.metric, s.side],
            value=s.value,
            half=s.half,
            constant=_constant(s, analysis.view),
        )
        for s in analysis.summaries
        if (s.metric, s.side) in true
    ]


def check_events(
    video: str, analysis: Analysis, truth: Truth, edge_s: float = EDGE_S
) -> list[EventAgreement]:
    """Strikes and toe-offs of a video for which there is a truth.

    Parameters
    ----------
    video, analysis, truth
        As for `check`.
    edge_s : float
        Of an event this near the ends nothing is expected.
    """
    rows = []
    end_s = analysis.quality.n_frames / analysis.view.fps_hz
    for kind in ("strike", "off"):
        true = [e for e in truth.contacts if e.kind == kind]
        if not true:
            continue
        s = score(kind, analysis.events, true, end_s, edge_s)
        errors = s.all_ms
        rows.append(
            EventAgreement(
                video=video,
                runner=truth.runner or video,
                plane=analysis.view.plane,
                fps_hz=analysis.view.fps_hz,
                kind=kind,
                n=len(errors),
                missed=s.missed,
                invented=s.invented,
                bias_ms=float(errors.mean()) if len(errors) else None,
                sd_ms=float(errors.std(ddof=1)) if len(errors) > 1 else None,
            )
        )
    return rows


def by_metric(checked: Iterable[Checked]) -> tuple[MetricAgreement, ...]:
    """Agreement of every metric that was given at least once, in the order of the table."""
    groups: dict[str, list[Checked]] = {}
    for c in checked:
        groups.setdefault(c.metric, []).append(c)
    rows = (
        MetricAgreement.of(groups[metric]) for metric in knowledge().metrics if metric in groups
    )
    return tuple(row for row in rows if row is not None)


def _constant(s: Summary, view: View) -> float | None:
    if s.half is None or s.sd is None:
        return s.half
    scatter = scatter_half(s.metric, s.sd, s.n, view)
    return float(np.sqrt(max(0.0, s.half**2 - scatter**2)))
