"""What a comparison comes to on one sheet: a headline, and at most six rows that say it all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from gait.comparison.models import Change, Comparison
from gait.comparison.table import difference, number
from gait.knowledge import decimals_of, knowledge
from gait.present.wording import inside

MOST_ROWS: Final = 6
_IN_HEADLINE: Final = 2
"""Changes that are named, and as many measures of which none can be told."""

FAMILIES: Final[tuple[tuple[str, ...], ...]] = (
    ("cadence", "step_time", "stride_time", "step_rate_normalized", "load_per_km"),
    ("pelvic_drop", "pelvic_drop_midstance", "pelvic_drop_excursion"),
    ("overstride", "overstride_cm", "tibia_angle_ic"),
    (
        "contact_time",
        "duty_factor",
        "flight_time",
        "peak_force",
        "step_impulse",
        "vertical_stiffness",
        "leg_stiffness",
    ),
    ("hip_adduction",),
    ("knee_fppa", "knee_window"),
    ("knee_flexion_peak_stance", "knee_flexion_excursion", "knee_flexion_ic"),
    ("foot_strike_angle", "ankle_dorsiflexion_ic"),
    ("trunk_lean",),
    ("vertical_oscillation", "vertical_oscillation_pct", "vertical_ratio"),
    ("step_width", "step_width_pct"),
    ("step_length", "stride_length"),
    ("lateral_trunk_lean",),
    ("pelvic_sway",),
    ("arm_crossing",),
    ("hip_extension_peak",),
    ("knee_flexion_peak_swing",),
    ("step_time_asymmetry",),
    ("stride_variability",),
)
"""Measures that say the same thing twice, in the order in which runners ask for them.

Step and stride time are cadence turned over, loads and stiffness are worked out from contact and
flight, and the others of a row are one posture in two units: of each row the first that can be
compared speaks for the rest.
"""

_RATIO: Final = ("steps/min", "ms", "s", "cm", "m")
"""Units in which zero means that there is none of it, so that a change in percent makes sense."""

Told = Literal["changed", "cannot tell", "not comparable"]


@dataclass(frozen=True, slots=True)
class Bar:
    """One change as a drawing: percent of its width, 50 is no change."""

    side: str
    """Which leg: "left", "right" or "both"."""
    low: float
    value: float
    high: float
    """`low`, `value` and `high`: interval and change."""
    error_low: float
    error_high: float
    """`error_low` and `error_high`: within these it cannot be told from measurement error."""


@dataclass(frozen=True, slots=True)
class Row:
    """One measure, both legs."""

    metric: str
    name: str
    unit: str
    """`metric`, `name` and `unit`: what was measured."""
    before: str
    after: str
    change: str
    """`before`, `after` and `change`: values, left / right, and their difference with half of its
    interval."""
    told: Told
    """Whether any leg changed by more than measurement error."""
    words: str
    """The same for the reader; why there is no verdict."""
    bars: tuple[Bar, ...]
    """The change of each leg; empty without a verdict."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A comparison in short."""

    headline: str
    """One sentence."""
    rows: tuple[Row, ...]
    """At most `MOST_ROWS`: what was wanted, then what changed most, then what cannot be told."""
    goals: tuple[str, ...]
    """A sentence on each goal."""
    warnings: tuple[str, ...]
    """What is not the same in the videos."""


def summarize(comparison: Comparison) -> Summary:
    """The headline and the rows of a comparison.

    Nothing in it goes beyond the states of the comparison.
    """
    wanted = [judgement.goal.metric for judgement in comparison.goals]
    groups = [_speaking(family, comparison, wanted) for family in _families(comparison)]
    ranked = sorted((g for g in groups if g), key=lambda group: _rank(group, wanted))
    rows = tuple(_row(group) for group in ranked[:MOST_ROWS])
    return Summary(
        headline=_headline(ranked),
        rows=rows,
        goals=tuple(judgement.wording for judgement in comparison.goals),
        warnings=tuple(mismatch.message for mismatch in comparison.mismatches),
    )


def _families(comparison: Comparison) -> tuple[tuple[str, ...], ...]:
    """All measures there are: one that no family names stands for itself, at the end."""
    named = {metric for family in FAMILIES for metric in family}
    others = dict.fromkeys(c.metric for c in comparison.changes if c.metric not in named)
    return (*FAMILIES, *((metric,) for metric in others))


def _speaking(
    family: Sequence[str], comparison: Comparison, wanted: Sequence[str]
) -> tuple[Change, ...]:
    """The changes of the one measure that speaks for its family; none if all are of other views."""
    found = {m: tuple(c for c in comparison.changes if c.metric == m) for m in family}
    asked = [m for m in family if m in wanted and found[m]]
    usable = [m for m in family if any(c.difference is not None for c in found[m])]
    seen = [m for m in family if any(c.before is not None for c in found[m])]
    chosen = next(iter((*asked, *usable, *seen)), None)
    return () if chosen is None else found[chosen]


def _rank(group: Sequence[Change], wanted: Sequence[str]) -> tuple[bool, int, float]:
    """What was wanted first, then the change that stands furthest out of its error."""
    state = ("changed", "cannot tell", "not comparable").index(_told(group))
    out = max((_beyond(c) for c in group), default=0.0) if state == 0 else 0.0
    return group[0].metric not in wanted, state, -out


def _beyond(change: Change) -> float:
    """The change in units of what can be told from measurement error."""
    if change.difference is None or not change.detectable:
        return 0.0
    return abs(change.difference) / change.detectable


def _told(group: Iterable[Change]) -> Told:
    states = {c.verdict for c in group}
    if "real change" in states:
        return "changed"
    return "cannot tell" if "within measurement error" in states else "not comparable"


def _row(group: Sequence[Change]) -> Row:
    first, told = group[0], _told(group)
    compared = [c for c in group if c.difference is not None]
    unit = first.unit
    return Row(
        metric=first.metric,
        name=first.name,
        unit=unit,
        before=" / ".join(number(c.before, unit) + "*" * c.far_side for c in group),
        after=" / ".join(number(c.after, unit) + "*" * c.far_side for c in group),
        change=" / ".join(difference(c) for c in compared),
        told=told,
        words=_words(group, told),
        bars=_bars(compared) if told != "not comparable" else (),
    )


def _words(group: Sequence[Change], told: Told) -> str:
    if told == "not comparable":
        return next((why for c in group for why in c.why), "It was not measured in every video.")
    real = [c for c in group if c.verdict == "real change"]
    if told == "cannot tell":
        needed = max(c.detectable or 0.0 for c in group)
        unit = group[0].unit
        return f"Cannot tell: only a change beyond {number(needed, unit)} {unit} would show."
    leads = {c.towards for c in real} - {None}
    toward = {
        "towards typical": " It moved towards other runners.",
        "away from typical": " It moved away from other runners.",
        "typical": " It was and is as in other runners.",
    }
    where = toward.get(str(next(iter(leads))), "") if len(leads) == 1 else ""
    legs = "" if len(real) == len(group) else f", {real[0].side} leg only"
    return f"More than measurement error{legs}.{where}"


def _bars(compared: Sequence[Change]) -> tuple[Bar, ...]:
    ends = [abs(end) for c in compared for end in (*(c.ci95 or ()), c.detectable or 0.0)]
    scale = 48 / max(*ends, 1e-9)

    def at(value: float) -> float:
        return round(float(50 + value * scale), 1)

    bars = []
    for c in compared:
        assert c.ci95 is not None
        assert c.difference is not None
        error = c.detectable or 0.0
        low, high = c.ci95
        bars.append(Bar(c.side, at(low), at(c.difference), at(high), at(-error), at(error)))
    return tuple(bars)


def _headline(ranked: Sequence[Sequence[Change]]) -> str:
    changed = [_said(g) for g in ranked if _told(g) == "changed"]
    untold = [inside(g[0].name) for g in ranked if _told(g) == "cannot tell"][:_IN_HEADLINE]
    if not changed and not untold:
        return "Nothing can be compared in these videos."
    named = " and ".join(changed[:_IN_HEADLINE])
    first = f"{named}, more than measurement error" if named else "No change can be told for sure"
    if more := len(changed) - _IN_HEADLINE:
        first += f" ({more} more)" if more > 0 else ""
    cannot = f"; {' and '.join(untold)}: cannot tell" if untold else ""
    sentence = f"{first}{cannot}."
    return sentence[:1].upper() + sentence[1:]


def _said(group: Sequence[Change]) -> str:
    """ "cadence rose by 8.4 ± 0.9 %", for the leg that stands furthest out."""
    real = [c for c in group if c.verdict == "real change"]
    most = max(real, key=_beyond)
    assert most.difference is not None
    verb = "rose" if most.difference > 0 else "fell"
    side = "" if most.side == "both" else f" on the {most.side}"
    return f"{inside(most.name)} {verb} by {_amount(most)}{side}"


def _amount(change: Change) -> str:
    assert change.difference is not None
    assert change.half is not None
    size, half, unit = abs(change.difference), change.half, change.unit
    if unit in _RATIO and change.before:
        percent, error = (100 * x / abs(change.before) for x in (size, half))
        return f"{percent:.1f} ± {error:.1f} %"
    decimals = decimals_of(unit).table
    words = knowledge().texts.unit[unit].words
    return f"{size:.{decimals}f} ± {half:.{decimals}f}{words}"


def picture_moment(summary: Summary) -> Literal["strike", "mid-stance"]:
    """The moment of contact that shows the first posture among the rows; a rhythm shows at none."""
    of_posture = (row.metric for row in summary.rows if row.told != "not comparable")
    first = next((metric for metric in of_posture if metric not in _RHYTHM), "")
    return "strike" if first.startswith(_AT_STRIKE) else "mid-stance"


_RHYTHM: Final = (*FAMILIES[0], *FAMILIES[3], "step_length", "stride_length")
_AT_STRIKE: Final = ("overstride", "tibia_angle", "knee_flexion_ic", "foot_strike", "ankle_dorsi")


_INK: Final = {"left": "#0072B2", "right": "#D55E00", "both": "#7A7F87"}
_WIDTH: Final = 160
_TALL: Final = {1: 18, 2: 30}


def bar_svg(row: Row) -> str:
    """The bars of a row as SVG, left above right: grey is measurement error; empty without bars."""
    if not row.bars:
        return ""
    height = _TALL.get(len(row.bars), 30)
    parts = []
    for i, bar in enumerate(row.bars):
        y, ink = 9 + 12 * i, _INK[bar.side]
        x1, x, x2, e1, e2 = (
            f"{_WIDTH / 100 * v:.1f}"
            for v in (bar.low, bar.value, bar.high, bar.error_low, bar.error_high)
        )
        parts.append(
            f'<rect x="{e1}" y="{y - 4}" width="{float(e2) - float(e1):.1f}" height="8" '
            f'fill="#9aa3ab" fill-opacity=".35"/>'
            f'<line x1="{x1}" x2="{x2}" y1="{y}" y2="{y}" stroke="{ink}" stroke-width="2"/>'
            f'<circle cx="{x}" cy="{y}" r="3.5" fill="{ink}"/>'
        )
    parts.append(f'<line x1="80" x2="80" y1="0" y2="{height}" stroke="#7A7F87"/>')
    size = f'width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(parts)}</svg>'
