"""The roster of a session: who to look at first, as a page that opens from the disk, without
scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal
from urllib.parse import quote

from gait.analysis.grading import grade
from gait.analysis.interpret.questionnaire import unsettled
from gait.analysis.results import Analysis
from gait.batch.schedule import Failure
from gait.comparison.views import source_of
from gait.io.run_folder import RunFolder
from gait.present.table import rows
from gait.present.wording import title
from gait.report.html import template
from gait.sanitize.text import one_line

_PAGE: Final = Path(__file__).with_name("roster.html.j2")

MAIN: Final = (
    "cadence",
    "contact_time",
    "overstride",
    "trunk_lean",
    "pelvic_drop",
    "knee_fppa",
)
"""Metrics that are shown of every runner; the rest is in the report."""

Urgency = Literal["emergency", "stop", "see a clinician", "advice"]

_LEVELS: Final = ("good", "usable", "poor")
_URGENCY: Final = ("emergency", "stop", "see a clinician", "advice")

ORDER: Final = (
    "Who to look at first: an emergency, then a reason to stop, then a reason to see a clinician. "
    "After that most findings linked with injury in studies, then most that are merely unusual, "
    "then the better video."
)
LAST: Final = (
    "Videos from which nothing could be read come last. A link is an association, and none of "
    "this is a score of a runner."
)
WITHHELD: Final = "Shown once a clinician has looked at it."
"""Stands where an emergency or a reason to stop comes before anything about the running."""

WIDTH: Final = 84
HEIGHT: Final = 22
_LOOK: Final = {
    "left": 'stroke="#0072B2"',
    "right": 'stroke="#D55E00" stroke-dasharray="3 2"',
    "both": 'stroke="#7A7F87"',
}
"""The colours of `gait.render.charts`; a style sheet may have others for the dark."""
_MOST_POINTS: Final = WIDTH
"""A line cannot show more points than it has pixels."""


@dataclass(frozen=True, slots=True)
class StrideSeries:
    """One metric of one runner, stride by stride."""

    metric: str
    name: str
    unit: str
    """`metric`, `name` and `unit`: what was measured."""
    text: str
    """Value and half-interval, left / right."""
    flagged: bool
    """Whether it differs from other runners."""
    values: Mapping[str, tuple[float, ...]]
    """By side, in the order of the strides."""
    span: tuple[float, float]
    """From the lowest to the highest of values and interval: within it lines mean something."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One runner among the others."""

    runner: str
    """Name, with the speed if there are several of this runner."""
    urgency: Urgency
    """What the answers to the questionnaire call for; "advice" without answers."""
    action: str
    """What has to be done; empty if nothing. With an emergency or a reason to stop nothing about
    the running is shown."""
    level: Literal["good", "usable", "poor"]
    """Grade of the video, the worst if there are several."""
    reasons: tuple[str, ...]
    """What would make it better."""
    linked: tuple[str, ...]
    unusual: tuple[str, ...]
    """`linked` and `unusual`: what stands out: linked with injury in studies, or merely unusual."""
    activity: str
    """What the video shows."""
    series: tuple[StrideSeries, ...]
    """The main metrics that were measured."""


def standing(runner: str, analysis: Analysis) -> Standing:
    """What a table of runners shows of one analysis."""
    grades = [grade(part) for part in analysis.videos]
    level = max((g.level for g in grades), key=_LEVELS.index)
    reasons = (*analysis.quality.notes, *(reason for g in grades for reason in g.reasons))
    outcome = analysis.outcome
    urgency: Urgency = "advice" if outcome is None else outcome.level
    action = "" if outcome is None else outcome.action or ""
    if unsettled(analysis) is not None:
        return Standing(one_line(runner), urgency, action, level, (), (), (), "", ())
    return Standing(
        one_line(runner),
        urgency,
        action,
        level,
        tuple(dict.fromkeys(reasons)),
        tuple(title(f, analysis) for f in analysis.findings if f.kind == "linked"),
        tuple(title(f, analysis) for f in analysis.findings if f.kind == "unusual"),
        analysis.activity,
        _series(analysis),
    )


def attention(s: Standing) -> tuple[object, ...]:
    """Sorts runners by who to look at first.

    What the answers call for, an emergency first. Then most findings linked with injury, then most
    unusual ones, then the better video, then by name.
    Videos from which nothing could be read come last: they are to be made again.
    """
    level = _LEVELS.index(s.level)
    worth = (s.level == "poor", -len(s.linked), -len(s.unusual), level)
    return (_URGENCY.index(s.urgency), *worth, s.runner.casefold(), s.runner)


def why_first(s: Standing) -> str:
    """Why to look at a runner, in a few words.

    What the answers call for; else what stands out; else what the video lacks. Never empty.
    """
    if s.action:
        return f"{s.urgency.capitalize()}: {s.action}"
    if s.linked:
        return f"Linked with injury in studies: {'; '.join(s.linked)}"
    if s.unusual:
        return f"Merely unusual: {'; '.join(s.unusual)}"
    if s.activity != "running":
        return f"No running was measured: {s.activity}"
    if s.level == "poor":
        return "The video is too poor to compare: film again."
    return "Nothing stands out in what could be measured."


def _series(analysis: Analysis) -> tuple[StrideSeries, ...]:
    measured = {row.metric: row for row in rows(analysis) if row.metric in MAIN}
    found = []
    for metric in MAIN:
        if (row := measured.get(metric)) is None:
            continue
        values: dict[str, tuple[float, ...]] = {
            s.side: tuple(
                m.value
                for m in source_of(analysis, s).measurements
                if (m.metric, m.side) == (metric, s.side)
            )
            for s in row.sides
        }
        ends = [end for s in row.sides for end in s.ci95 or ()]
        ends += [value for line in values.values() for value in line]
        text = " / ".join(row.values.values())
        flagged = any(s.flag for s in row.sides)
        span = (min(ends, default=0.0), max(ends, default=0.0))
        found.append(StrideSeries(metric, row.name, row.unit, text, flagged, values, span))
    return tuple(found)


def sparkline(series: StrideSeries) -> str:
    """SVG with one line a side, for HTML or as a file; empty if there are fewer than two strides.

    Its span fills the height: scatter within the interval stays small.
    """
    lines = "".join(
        f'<polyline class="{side}" {_LOOK[side]} points="{_points(values, series.span)}"/>'
        for side, values in series.values.items()
        if len(values) > 1
    )
    if not lines:
        return ""
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    look = 'fill="none" stroke-width="1.5" aria-hidden="true"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {look}>{lines}</svg>'


def _points(values: Sequence[float], span: tuple[float, float]) -> str:
    kept = values[:: -(-len(values) // _MOST_POINTS)]
    low, high = span
    scale_y = (HEIGHT - 2) / (high - low) if high > low else 0.0
    scale_x = (WIDTH - 2) / max(len(kept) - 1, 1)
    return " ".join(
        f"{1 + i * scale_x:.0f},{1 + (high - value) * scale_y:.1f}" for i, value in enumerate(kept)
    )


@dataclass(frozen=True, slots=True)
class Video:
    """One video as the roster links to it."""

    run: RunFolder
    """Of the video."""
    view: str
    """Where it was filmed from."""
    note: str
    """What the list of the session says."""


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """One runner of the roster."""

    standing: Standing
    """What is shown."""
    run: RunFolder
    """Whose report is the runner's."""
    videos: tuple[Video, ...]
    """What it was read from."""

    @property
    def n_videos(self) -> int:
        """How many that are."""
        return len(self.videos)


def write_roster(out: Path, entries: Sequence[RosterEntry], failures: Sequence[Failure]) -> None:
    """Write ``roster.html``, with links to the files that are there.

    Parameters
    ----------
    out : Path
        Folder of the session.
    entries : sequence of RosterEntry
        In the order of the page.
    failures : sequence of Failure
        Videos without a result.

    Raises
    ------
    OutputError
        If it cannot be written.
    """

    def link(path: Path) -> str:
        return quote(path.relative_to(out).as_posix()) if path.exists() else ""

    page = template(_PAGE).render(
        entries=entries,
        failures=failures,
        link=link,
        sparkline=sparkline,
        why=why_first,
        order=f"{ORDER} {LAST}",
        withheld=WITHHELD,
    )
    with RunFolder(out).replacing(out / "roster.html") as temporary:
        temporary.write_text(page, encoding="utf-8", newline="\n")
