"""Before and after: what changed, and whether it is more than measurement error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Final

import streamlit as st

from gait.analysis.kinematics.waveforms import ANGLES, Curve, ensemble_average
from gait.analysis.kinematics.waveforms import difference as curve_difference
from gait.analysis.results import Analysis
from gait.comparison.compare import compare
from gait.comparison.goals import kept_goals
from gait.comparison.models import Change, Comparison
from gait.comparison.sheet import Row, bar_svg, summarize
from gait.comparison.synced_video import write_pair
from gait.comparison.table import difference, not_compared, number
from gait.comparison.views import Run, paired_runs
from gait.io.run_folder import RunFolder
from gait.io.writing import replacing
from gait.knowledge import knowledge
from gait.render.change_chart import change_charts
from gait.report.sheet import Sheet, collect_sheet, sheet_html, sheet_pdf
from gait.sanitize.text import data_uri, name_key
from gait.types import SIDES, AnySide, GaitError
from gait.ui.intake import goals as goals_of
from gait.ui.intake import questionnaire
from gait.ui.pages.library import readable, titles
from gait.ui.site import PAIR_FILES, PAIRS, complain, link, opened, plain, site

Runs = Sequence[Run]

_LATEST = 20
_PICTURE_PX = 320

_STYLE: Final = """
<style>
ul.gl-changes { margin: 0; padding: 0; list-style: none; font-size: 0.9rem; }
ul.gl-changes li { display: grid; gap: 0 1rem; align-items: center; margin: 0; padding: 0.3rem 0;
  grid-template-columns: minmax(9rem, 1.2fr) 11rem 11rem 10rem minmax(12rem, 2fr);
  border-bottom: 1px solid rgba(128, 128, 128, 0.25); }
.gl-changes .values { font-variant-numeric: tabular-nums; }
.gl-changes img { display: block; width: 10rem; max-width: 100%; }
@media (max-width: 60rem) {
  ul.gl-changes li { grid-template-columns: 1fr 1fr; }
  .gl-changes li > :first-child, .gl-changes li > :last-child { grid-column: 1 / -1; }
}
</style>
"""


def page() -> None:
    """Show what changed between runs of one runner."""
    st.set_page_config(layout="wide")
    st.title("Compare")
    found = {run.path.name: (run, analysis) for run, analysis in readable()}
    if len(found) < 2:
        st.markdown("Two analyses are needed to compare; there are fewer in the library.")
        link("analyze", "Analyze a video")
        return
    before, after = _chosen(found)
    if not before or not after:
        st.info("Choose a video on each side, or several: two before make the answer your own.")
        return
    runs = [found[name] for name in (*before, *after)]
    if both := sorted(set(before) & set(after)):
        named = titles(found.values())
        twice = ", ".join(named[name] for name in both)
        st.error(f"On both sides: {plain(twice)}. Take it out of one of them.")
        return
    if any(questionnaire.first(analysis) for _, analysis in runs):
        return
    earlier, later = runs[: len(before)], runs[len(before) :]
    try:
        goals = [goal for run, _ in earlier for goal in kept_goals(run)]
        comparison = compare([a for _, a in earlier], [a for _, a in later], goals)
    except GaitError as e:
        complain(e)
        return
    _sheet(comparison, earlier, later)
    _everything(comparison)
    _curves(comparison, earlier[0], later[0])
    with st.expander("Set a goal for the next videos", icon=":material/flag:"):
        goals_of.set_goal(*earlier[0])


def _chosen(found: Mapping[str, tuple[RunFolder, Analysis]]) -> tuple[list[str], list[str]]:
    """The runs on each side by their names: a run that comes or goes does not shift the choice."""
    sides = st.columns(2)
    default = _two_of_one_runner(found)
    named = titles(found.values())
    chosen = []
    for column, title, name in zip(sides, ("Before", "After"), default, strict=True):
        key = f"compare-{title}"
        kept = st.session_state.get(key, [name] if name else [])
        # A run that was deleted elsewhere must not stay chosen.
        st.session_state[key] = [name for name in kept if name in found]
        chosen.append(
            column.multiselect(title, list(found), format_func=named.__getitem__, key=key)
        )
    return chosen[0], chosen[1]


def _two_of_one_runner(
    found: Mapping[str, tuple[RunFolder, Analysis]],
) -> tuple[str | None, str | None]:
    """The latest two runs of one runner from one side, the earlier first; None without."""
    latest: dict[tuple[str, str], str] = {}
    for name, (_, analysis) in found.items():  # latest first
        runner = name_key(str(analysis.settings.runner or ""))
        if runner and (other := latest.get((runner, analysis.view.plane))):
            return name, other
        latest.setdefault((runner, analysis.view.plane), name)
    return None, None


def _sheet(comparison: Comparison, before: Runs, after: Runs) -> None:
    """What fits on one sheet of paper, and the sheet itself."""
    short = summarize(comparison)
    st.header(plain(short.headline), anchor=False)
    for warning in short.warnings:
        st.warning(plain(warning), icon=":material/warning:")
    video = _synced(before[0][0], after[0][0])
    for goal in short.goals:
        st.markdown(f"**Goal.** {plain(goal)}")
    if short.rows:
        st.html(f'{_STYLE}<ul class="gl-changes">{"".join(map(_row, short.rows))}</ul>')
    try:
        sheet = _collected(before, after, comparison)
    except GaitError as e:
        complain(e)
        return
    if sheet.pictures:
        row = st.container(horizontal=True)
        for picture in sheet.pictures:
            row.image(
                picture.jpeg,
                caption=f"{picture.when}: {picture.caption}",
                width=_PICTURE_PX,
                alt=picture.alt,
            )
    st.caption(plain(" ".join(sheet.notes)))
    row = st.container(horizontal=True)
    for kind, name, made in (
        ("PDF", "application/pdf", lambda: sheet_pdf(sheet)),
        ("HTML", "text/html", lambda: sheet_html(sheet, video)),
    ):
        row.download_button(
            f"This sheet ({kind})",
            made,
            f"before-after.{kind.lower()}",
            name,
            on_click="ignore",
            icon=":material/download:",
        )


def _collected(before: Runs, after: Runs, comparison: Comparison) -> Sheet:
    state = [(run.path.name, run.analysis.stat().st_mtime_ns) for run, _ in (*before, *after)]
    return _kept_sheet(
        f"{len(before)} {state} {comparison.model_dump_json()}",
        [run for run, _ in before],
        [run for run, _ in after],
        comparison,
    )


@st.cache_data(show_spinner="Drawing the pictures", max_entries=20)
def _kept_sheet(
    state: str,
    _before: Sequence[RunFolder],
    _after: Sequence[RunFolder],
    _comparison: Comparison,
) -> Sheet:
    return collect_sheet(_before, _after, _comparison)


def _row(row: Row) -> str:
    """One row of the list; on a phone its parts stand below each other."""
    drawing = data_uri("image/svg+xml", bar_svg(row).encode())
    bar = f'<img alt="{escape(row.words)}" src="{drawing}">'
    return (
        f"<li><span><b>{escape(row.name)}</b>, {escape(row.unit)}</span>"
        f'<span class="values">{escape(row.before)} → {escape(row.after)}</span>'
        f'<span class="values">{escape(row.change)}</span>'
        f'<span class="bar">{bar if row.bars else ""}</span><span>{escape(row.words)}</span></li>'
    )


def _everything(comparison: Comparison) -> None:
    compared = [c for c in comparison.changes if c.difference is not None]
    real = [c for c in compared if c.verdict == "real change"]
    with st.expander(f"Every number: {len(real)} of {len(compared)} changed"):
        _table([*real, *(c for c in compared if c.verdict != "real change")])
        if between := [c for c in comparison.differences if c.difference is not None]:
            st.markdown("**Right minus left**")
            _table(between)
        if reasons := not_compared(comparison.changes):
            st.markdown("**Not comparable, and why**")
        st.markdown("\n".join(f"- {', '.join(n)}: {plain(why)}" for why, n in reasons.items()))
        st.caption(
            "± is half of the 95 % interval of the change. A change beyond what is needed is real: "
            "the larger of that half and of the minimal detectable change."
        )


def _table(changes: Sequence[Change]) -> None:
    rows = [
        {
            "Measure": f"{c.name}, {c.unit}",
            "Side": f"{c.side}{' (far)' if c.far_side else ''}",
            "Before": number(c.before, c.unit),
            "After": number(c.after, c.unit),
            "Change": difference(c),
            "Needed": number(c.detectable, c.unit),
            "Verdict": c.verdict,
            "Typical": "stays typical" if c.towards == "typical" else c.towards or "",
        }
        for c in changes
    ]
    if rows:
        st.table(rows, border="horizontal", hide_index=True, alt="Changes with their verdict")


def _synced(before: RunFolder, after: RunFolder) -> Path | None:
    """Both videos, phase-synchronised; None until somebody asks for them."""
    state = "".join(f"{r.path.name} {r.analysis.stat().st_mtime_ns} " for r in (before, after))
    folder = RunFolder(site().workspace / PAIRS)
    video = folder.path / f"{sha256(state.encode()).hexdigest()[:16]}.mp4"
    if not video.is_file():
        if not st.button("Show both videos in the same phase", icon=":material/sync_alt:"):
            return None
        bar = st.progress(0.0, text="Drawing both videos")

        def report(done: int, total: int) -> None:
            bar.progress(done / total, text="Drawing both videos")

        try:
            folder.path.mkdir(exist_ok=True)
            for old in sorted(folder.path.glob(PAIR_FILES), key=lambda p: p.stat().st_mtime)[
                :-_LATEST
            ]:
                with suppress(OSError):  # somebody may look at it
                    old.unlink()
            with replacing(video) as (part,):
                write_pair(before, after, part, report)
        except GaitError as e:
            complain(e)
            return None
        st.rerun()
    st.video(
        video, loop=True, autoplay=True, muted=True, alt="Both videos, always in the same phase."
    )
    st.caption(
        "Both pictures show the same percentage of the stride, slower than life. Below them: the "
        "mean curves over each other, and when the foot was on the ground."
    )
    return video


def _curves(comparison: Comparison, before: Run, after: Run) -> None:
    earlier: dict[tuple[str, AnySide], Curve] = {}
    later: dict[tuple[str, AnySide], Curve] = {}
    try:
        for pair in paired_runs(before, after):
            for run, curves in zip(pair, (earlier, later), strict=True):
                for curve in ensemble_average(opened(run)[1]):
                    curves.setdefault((curve.angle, curve.side), curve)
    except GaitError:
        return
    judged = {(c.metric, c.side): c for c in comparison.changes}
    fitting = {}
    for key in earlier.keys() & later.keys():
        metric = ANGLES[key[0]].metric
        change = judged.get((metric, key[1])) or judged.get((metric, "both"))
        if change is not None and change.verdict != "not comparable":
            fitting[key] = change
    if not fitting:
        return
    st.header("The average stride")
    angle = st.selectbox(
        "Angle",
        [a for a in ANGLES if any(k[0] == a for k in fitting)],
        format_func=lambda angle: ANGLES[angle].name,
    )
    for side in SIDES:
        if (angle, side) in fitting:
            change = fitting[angle, side]
            shared = 0.0 if change.why else knowledge().agreement.shared_variance
            found = curve_difference(earlier[angle, side], later[angle, side], shared)
            st.markdown(f"**{ANGLES[angle].name}, {side}**")
            for chart in change_charts(found):
                st.altair_chart(chart)
    st.caption(
        "Band: ± 1 SD between strides above, the 95 % interval of the difference below. The line "
        "is thick where the band leaves out zero; each phase is judged by itself."
    )
