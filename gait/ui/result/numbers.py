"""The main numbers as a list: value, interval and what is usual, as text and as a bar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Final

import streamlit as st

from gait.analysis.results import Analysis, Summary
from gait.present import wording
from gait.present.ranges import about, needed, speed_words, usual
from gait.present.table import Row, rows

_ROOM: Final = 0.35
"""Share of the span of everything drawn that is left free on each side."""
_MARKS: Final = {"left": "●", "right": "■", "both": "◆"}

_STYLE: Final = """
<style>
ul.gl-numbers { display: grid; column-gap: 1.75rem; margin: 0; padding: 0; list-style: none;
  grid-template-columns: repeat(auto-fit, minmax(min(21rem, 100%), 1fr)); font-size: 0.9rem; }
ul.gl-numbers li { display: grid; grid-template-columns: minmax(5.5rem, 1fr) auto 7.5rem;
  align-items: center; gap: 0 0.6rem; padding: 0.2rem 0; margin: 0;
  border-bottom: 1px solid rgba(128, 128, 128, 0.25); }
.gl-numbers .name { line-height: 1.15; }
.gl-numbers .unit, .gl-numbers .usual { opacity: 0.8; font-size: 0.78rem; }
.gl-numbers .values { text-align: right; line-height: 1.25; font-variant-numeric: tabular-nums;
  white-space: nowrap; }
.gl-numbers .values > span { display: block; }
.gl-numbers .usual { display: block; text-align: center; line-height: 1.1; padding-top: 1px; }
.gl-numbers .bar { position: relative; display: block; height: 1.5rem; border-radius: 3px;
  background: rgba(128, 128, 128, 0.1); overflow: hidden; }
.gl-numbers .bar i { position: absolute; display: block; }
.gl-numbers .band { top: 0; bottom: 0; background: rgba(0, 158, 115, 0.3);
  background: light-dark(rgba(0, 158, 115, 0.3), rgba(0, 158, 115, 0.15));
  border: 0 solid #009E73; }
.gl-numbers .line { height: 2px; margin-top: -1px; border-radius: 1px; }
.gl-numbers .mark { width: 8px; height: 8px; margin: -4px 0 0 -4px; }
.gl-numbers .bar .left { top: 30%; background: #0072B2; }
.gl-numbers .bar .right { top: 70%; background: #D55E00; }
.gl-numbers .bar .both { top: 50%; background: #7A7F87; }
.gl-numbers .mark.left { border-radius: 50%; }
.gl-numbers .mark.both { transform: rotate(45deg); }
.gl-numbers .values b { font-weight: normal; }
.gl-numbers b.left { color: #0072B2; }
.gl-numbers b.right { color: #D55E00; }
.gl-numbers b.both { color: #7A7F87; }
@media (max-width: 480px) {
  ul.gl-numbers li { grid-template-columns: 1fr auto; }
  .gl-numbers li > :last-child { grid-column: 1 / -1; }
}
</style>
"""


def show(analysis: Analysis) -> None:
    """Show the main numbers; nothing if none was measured."""
    main = [row for row in rows(analysis) if row.metric in wording.MAIN]
    if not main:
        return
    needs = {name: need for need, name in needed(analysis)}
    items = "".join(_item(row, needs) for row in main)
    at = speed_words(analysis, [s for row in main for s in row.sides])
    st.html(f'{_STYLE}<ul class="gl-numbers">{items}</ul>')
    far = any(s.far_side for row in main for s in row.sides)
    legend = f"Green: usual among healthy runners{at}. Line: 95 % interval. {wording.BAND}"
    notes = (*((wording.FAR,) if far else ()), *about(analysis))
    st.caption(" ".join((legend, *(note.replace("*", chr(92) + "*") for note in notes))))


def _item(row: Row, needs: Mapping[str, str]) -> str:
    values = "".join(
        f'<span><b class="{side}" aria-hidden="true">{_MARKS[side]}</b> {_aloud(side)}'
        f"{escape(text)}</span>"
        for side, text in row.values.items()
    )
    need = needs.get(row.name)
    unknown = f"give the {need}" if need else "no reference"
    below = f"usual {row.typical}" if row.typical else unknown
    return (
        f'<li><span class="name">{escape(row.name)} <span class="unit">{escape(row.unit)}</span>'
        f'</span><span class="values">{values}</span>'
        f'<span>{bar(row.sides)}<span class="usual">{below}</span></span></li>'
    )


def _aloud(side: str) -> str:
    """The side for those who do not see colours and shapes."""
    return "" if side == "both" else f'<span class="unit">{side}</span> '


def bar(sides: Iterable[Summary]) -> str:
    """HTML of the values of one measure with their intervals and the usual range.

    Hidden from those who have the text read to them.
    """
    shown = [s for s in sides if s.value is not None]
    ends = next(filter(None, map(usual, shown)), (None, None))
    known = [x for s in shown for x in (*(s.ci95 or ()), s.value) if x is not None]
    known += [end for end in ends if end is not None]
    if not known:
        return ""
    spare = _ROOM * (max(known) - min(known)) or 1.0
    low, high = min(known) - spare, max(known) + spare

    def at(value: float | None, else_pct: float) -> float:
        return else_pct if value is None else round(100 * (value - low) / (high - low), 1)

    parts = []
    if ends != (None, None):
        first, last = at(ends[0], 0.0), at(ends[1], 100.0)
        left_px, right_px = (0 if end is None else 2 for end in ends)
        parts.append(
            f'<i class="band" style="left: {first}%; width: {last - first:.1f}%; '
            f'border-width: 0 {right_px}px 0 {left_px}px"></i>'
        )
    for s in shown:
        if s.ci95 is not None:
            first, last = (at(end, 0.0) for end in s.ci95)
            parts.append(
                f'<i class="line {s.side}" style="left: {first}%; width: {last - first:.1f}%"></i>'
            )
        parts.append(f'<i class="mark {s.side}" style="left: {at(s.value, 0.0)}%"></i>')
    return f'<span class="bar" aria-hidden="true">{"".join(parts)}</span>'
