"""An analysis as text for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from gait.analysis.grading import grade
from gait.analysis.interpret.questionnaire import unsettled
from gait.analysis.results import Analysis, Finding, Summary
from gait.knowledge import decimals_of, knowledge
from gait.present import questionnaire
from gait.present.ranges import about, usual_words
from gait.present.wording import Overview, activity_warning, overview, title, video_speed
from gait.sanitize.text import one_line
from gait.types import SIDES, Evidence

GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "Times": (
        "cadence",
        "step_time",
        "stride_time",
        "contact_time",
        "flight_time",
        "duty_factor",
        "step_time_asymmetry",
        "stride_variability",
        "contact_variability",
    ),
    "At contact": (
        "overstride",
        "overstride_cm",
        "tibia_angle_ic",
        "knee_flexion_ic",
        "foot_strike_angle",
        "ankle_dorsiflexion_ic",
    ),
    "Stance": (
        "knee_flexion_peak_stance",
        "knee_flexion_excursion",
        "hip_extension_peak",
    ),
    "Swing": ("knee_flexion_peak_swing",),
    "Frontal plane": (
        "pelvic_drop",
        "pelvic_drop_midstance",
        "pelvic_drop_excursion",
        "hip_adduction",
        "knee_fppa",
        "knee_window",
        "step_width",
        "step_width_pct",
        "lateral_trunk_lean",
        "pelvic_sway",
        "arm_crossing",
    ),
    "Body": (
        "trunk_lean",
        "vertical_oscillation",
        "vertical_oscillation_pct",
        "vertical_ratio",
        "step_length",
        "stride_length",
    ),
    "Load and style": (
        "peak_force",
        "step_impulse",
        "load_per_km",
        "vertical_stiffness",
        "leg_stiffness",
        "step_rate_normalized",
    ),
}
"""Metrics by the part of the stride they belong to, in the order they are shown."""


def render(analysis: Analysis) -> RenderableType:
    """One video's results for a `rich` console, 80 columns wide or more.

    Header, what stands out, table of metrics with both sides in one row, and what could not be
    measured. With an emergency or a reason to stop only that: nothing about the running before
    it.
    """
    if (urgent := unsettled(analysis)) is not None:
        return Group(questionnaire.render(urgent), Text())
    parts: list[RenderableType] = []
    for video in analysis.videos:
        parts += [Text(line) for line in header(video)]
        parts += _video(video)
    if analysis.parts:
        parts += [indented(note, "yellow") for note in analysis.quality.notes]
    if (warning := activity_warning(analysis)) is not None:
        parts.insert(0, Text(warning, "bold yellow"))
    if analysis.outcome is not None:  # before everything else: it may send to a clinician
        parts.insert(0, Group(questionnaire.render(analysis.outcome), Text()))
    if (found := overview(analysis)) is not None:
        parts += [Text(), *_standing_out(found, analysis)]
    if any(s.value is not None for s in analysis.summaries):
        parts += [Text(), _metrics(analysis), Text()]
    parts += _footnotes(analysis)
    return Group(*parts)


def header(analysis: Analysis) -> Iterable[str]:
    """What video this is, how it was taken, and what happened to it, a line each."""
    view, quality = analysis.view, analysis.quality
    if (video := analysis.video) is not None:
        size = f"{video.width} x {video.height}"
        yield f"{one_line(video.name)}: {size}, {video.fps_hz:.4g} fps, {video.duration_s:.1f} s"
    facing = f", facing {view.direction}" if view.direction else ""
    near = f", near leg {view.near_side}" if view.near_side else ""
    slow = f", {video_speed(view)}" if view.time_scale != 1 else ""
    told = analysis.settings.view is not None
    sure = "as told" if told else f"{100 * view.plane_confidence:.0f} % sure"
    yield f"{view.plane} view ({sure}){facing}{near}, {view.surface}{slow}".capitalize()
    start_s, stop_s = view.window_s
    yield (
        f"Activity {analysis.activity}, {quality.strikes} foot strikes, "
        f"steady from {start_s:.1f} to {stop_s:.1f} s"
    )
    if quality.swaps_repaired or quality.swaps_undecided:
        yield (
            f"Left and right legs exchanged by the pose model in {quality.swaps_repaired} frames "
            f"(repaired), undecided in {quality.swaps_undecided}"
        )
    if quality.frames_without_person:
        yield f"No person in {quality.frames_without_person} of {quality.n_frames} frames"


def _video(analysis: Analysis) -> Iterable[RenderableType]:
    """How good the video is, why, and what to change next time."""
    given, say = grade(analysis), knowledge().texts.video
    style = {"good": "green", "usable": "yellow", "poor": "bold red"}[given.level]
    yield Text(say[given.level], style)
    yield from (indented(reason, style) for reason in given.reasons)
    if given.next_time:
        yield Text(say["next_time"])
        yield from (indented(f"{i}. {change}") for i, change in enumerate(given.next_time, 1))


def _metrics(analysis: Analysis) -> Table:
    norms = analysis.activity == "running"
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    table.add_column()
    for side in SIDES:
        far = analysis.view.near_side not in (None, side)
        table.add_column(f"{side} (far)" if far else side, justify="right", no_wrap=True)
    if norms:
        table.add_column("typical", justify="right", no_wrap=True)
    table.add_column("note", overflow="fold")
    for part, group in groupby(rows(analysis), key=lambda row: row.group):
        table.add_row(Text(part, "bold"))
        for row in group:
            table.add_row(*_cells(row, norms))
    return table


@dataclass(frozen=True, slots=True)
class Row:
    """One measure with what is known of both sides, as text."""

    group: str
    metric: str
    name: str
    unit: str
    """`group`, `metric`, `name` and `unit`: what was measured, and the part of the stride it
    belongs to."""
    sides: tuple[Summary, ...]
    """One of "both", or one or two legs."""
    values: Mapping[str, str]
    """Value and half-interval by side; far legs are starred."""
    video: str
    """What it was read from, in merged views."""
    typical: str
    """What is usual at this speed (see `gait.present.ranges`), empty if nothing is known."""
    remarks: str
    """Classes, flags, and "trend only"."""


def rows(analysis: Analysis) -> tuple[Row, ...]:
    """Everything that was measured, in the order in which it is shown.

    One per metric; pooled and single sides of a metric are separate rows.
    """
    measured = sorted((s for s in analysis.summaries if s.value is not None), key=_order)
    videos = _video_names(analysis)
    return tuple(
        _row(tuple(sides), videos)
        for _, sides in groupby(measured, key=lambda s: (s.metric, s.side == "both"))
    )


def _video_names(analysis: Analysis) -> dict[str, str]:
    """What each of the merged views is called: where it was taken from, or its own name."""
    names = {part.video.name: part.view.plane for part in analysis.parts if part.video}
    return dict(names) if len(set(names.values())) == len(names) else {n: n for n in names}


def _row(sides: tuple[Summary, ...], videos: Mapping[str, str]) -> Row:
    first = sides[0]
    return Row(
        group=group_of(first.metric),
        metric=first.metric,
        name=first.name,
        unit=first.unit,
        sides=sides,
        values={s.side: _value(s) for s in sides},
        video=", ".join(dict.fromkeys(videos[s.source] for s in sides if s.source)),
        typical=next(filter(None, map(usual_words, sides)), ""),
        remarks="; ".join(_notes(sides)),
    )


def group_of(metric: str) -> str:
    """The part of the stride that a metric belongs to."""
    return next((title for title, ids in GROUPS.items() if metric in ids), "Other")


def place_of(metric: str) -> tuple[int, int]:
    """Where a metric is shown: number of its group, and place in it."""
    title = group_of(metric)
    ids = GROUPS.get(title, ())
    return (*GROUPS, "Other").index(title), ids.index(metric) if metric in ids else len(ids)


def _order(summary: Summary) -> tuple[int, int, str, bool]:
    return *place_of(summary.metric), summary.metric, summary.side == "both"


def _cells(row: Row, norms: bool) -> Iterable[RenderableType]:
    yield indented(f"{row.name}, {row.unit}")
    if "both" in row.values:
        yield Text(row.values["both"], _style(row.sides[0]))
        yield Text("both")
    else:
        by_side = {s.side: s for s in row.sides}
        for side in SIDES:
            yield Text(row.values[side], _style(by_side[side])) if side in by_side else Text("-")
    if norms:
        yield Text(row.typical)
    yield Text("; ".join(filter(None, (row.video, row.remarks))))


def _style(summary: Summary) -> str:
    return "yellow" if summary.flag else "dim" if summary.far_side else ""


def _value(summary: Summary) -> str:
    text = with_half(summary, decimals_of(summary.unit).table)
    return f"{text}*" if summary.far_side else text


def _notes(summaries: Sequence[Summary]) -> Iterable[str]:
    for remark in ("label", "flag"):
        parts = {s.side: (getattr(s, remark) or "").split("; ") for s in summaries}
        first, *others = parts.values()
        shared = [part for part in first if part and all(part in own for own in others)]
        for side, own in parts.items():
            if apart := "; ".join(part for part in own if part and part not in shared):
                yield f"{side} {apart}"
        yield from shared
    if any(s.tier == "C" and "trend" not in (s.label or "") for s in summaries):
        yield "trend only"


def _standing_out(found: Overview, analysis: Analysis) -> Iterable[RenderableType]:
    """The first findings, or the good news that there is none."""
    say = knowledge().texts.overview
    yield Text(say["title"], "bold")
    for rank, finding in enumerate(found.top, 1):
        heading = f"{rank}. {title(finding, analysis)}: {say[finding.kind]}"
        yield indented(heading, "bold")
        for line in _lines(finding):
            yield Padding(Text(line), (0, 0, 0, 5))
    more = sum(f.kind != "note" for f in found.rest)
    if more:
        yield indented(say["more"].format(n=more))
    yield indented(found.answer)
    if found.undecided:
        yield indented(found.undecided)


def _lines(finding: Finding) -> Iterable[str]:
    yield finding.measured
    yield finding.typical
    yield finding.wording
    yield from (_linked_with(link) for link in finding.links if link.grade != "none")
    if finding.cue is not None:
        yield knowledge().texts.overview["cue"].format(**finding.cue.model_dump())


def _linked_with(link: Evidence) -> str:
    say = knowledge().texts.overview
    studies = (
        say["study"].format(design=s.design, n=say["people"].format(n=s.n) if s.n else "")
        for s in link.studies
    )
    return say["link"].format(injury=link.injury, grade=link.grade, studies="; ".join(studies))


def _footnotes(analysis: Analysis) -> list[RenderableType]:
    measured = [s for s in analysis.summaries if s.value is not None]
    lines = ["± is half of the 95 % interval."]
    if any(s.far_side for s in measured):
        lines.append("* far leg: partly hidden, less certain.")
    if any(s.tier == "C" or "trend" in (s.label or "") for s in measured):
        lines.append("trend only: compare videos of the same setup, don't read the number itself.")
    lines += about(analysis)
    notes: list[RenderableType] = [Text(" ".join(lines), "dim")]
    missing = unmeasured(analysis.summaries)
    if missing:
        notes.append(Text("Not measured", "bold"))
    return notes + [indented(f"{', '.join(names)}: {why}") for why, names in missing.items()]


def unmeasured(summaries: Iterable[Summary]) -> dict[str, list[str]]:
    """Names of what could not be measured by reason, with the side where it is only one."""
    sides: dict[tuple[str, str], list[str]] = {}
    for s in sorted(summaries, key=_order):
        if s.limit is not None and s.value is None:
            sides.setdefault((s.limit, s.name), []).append(s.side)
    reasons: dict[str, list[str]] = {}
    for (reason, name), which in sides.items():
        one_only = f" ({which[0]})" if len(which) == 1 and which != ["both"] else ""
        reasons.setdefault(reason, []).append(name + one_only)
    return reasons


def with_half(summary: Summary, decimals: int) -> str:
    """A value that there is, with half of its interval."""
    text = f"{summary.value:z.{decimals}f}"
    return text if summary.half is None else f"{text} ± {summary.half:.{decimals}f}"


def indented(text: str, style: str = "") -> Padding:
    """Text below its heading."""
    return Padding(Text(text, style), (0, 0, 0, 2))
