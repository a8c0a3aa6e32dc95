"""Words of the program do not reach people: pages, reports and terminal of a dozen cases."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import examples
import fake_backend
import html5lib
import pytest
from rich.console import Console
from streamlit.testing.v1 import AppTest
from synthetic import runner
from waiting import PATIENCE_S

from gait.analysis.analyze import analyze_track
from gait.analysis.interpret.questionnaire import Answers
from gait.analysis.results import Analysis
from gait.batch.roster import RosterEntry, Video, standing, write_roster
from gait.comparison.compare import compare
from gait.comparison.goals import parse_goal
from gait.comparison.sheet import summarize
from gait.comparison.table import render as render_comparison
from gait.io.run_folder import RunFolder
from gait.present.table import render
from gait.report import collect
from gait.report.html import html
from gait.report.sheet import collect_sheet, sheet_html
from gait.settings import Settings
from gait.types import PoseTrack

MOST_WORDS = 25
"""Of a sentence: what the plain-language guides of public services ask for."""

NO = r"\b(no|not|none|never|nothing|nobody|cannot|without)\b"
VALUE = r"\b(?:None(?! of)|NaN|null)\b"
_CLAUSE = re.compile(r"[,;:.?!()“”]|\b(?:and|but|or|because|so|that|than)\b")


@dataclass(frozen=True)
class Case:
    """A runner, what is known of the video, and what was answered."""

    track: Callable[[], PoseTrack]
    settings: Settings
    answers: Answers | None = None
    changed: dict[str, object] | None = None

    @cache  # noqa: B019 - a dozen cases, once each
    def analysis(self) -> Analysis:
        found = analyze_track(
            self.track(), self.settings, examples.video_info("anna.mp4"), answers=self.answers
        )
        return found.model_copy(update=self.changed or {})

    __hash__ = object.__hash__


def steady() -> PoseTrack:
    return fake_backend.runner()


def still() -> PoseTrack:
    import numpy as np

    track = fake_backend.runner()
    return track.with_(xy=np.broadcast_to(track.xy[:1], track.xy.shape))


def slow() -> PoseTrack:
    from data_tracks import RUNNING

    return runner(60, 8, **RUNNING["slow"] | {"cadence_spm": 145})[0]


KNOWN = Settings(speed_mps=3.0, height_m=1.75, sex="female")
CASES = {
    "nothing known": Case(steady, Settings()),
    "all known": Case(steady, KNOWN),
    "low step rate": Case(slow, Settings(speed_mps=3.0)),
    "kneecap": Case(slow, Settings(speed_mps=3.0), {"where": ["kneecap"], "load": ["longer_run"]}),
    "shin and Achilles": Case(steady, KNOWN, {"where": ["inner_shin", "achilles"]}),
    "heel, first answers only": Case(steady, KNOWN, {"where": ["heel"]}),
    "emergency": Case(steady, KNOWN, {"clot": ["breathless"]}),
    "stop": Case(steady, KNOWN, {"night": "yes"}),
    "stop, looked at": Case(steady, KNOWN, {"night": "yes", "checked": "yes"}),
    "see a clinician": Case(steady, KNOWN, {"tightness": "yes", "where": ["one_calf"]}),
    "nothing hurts": Case(steady, KNOWN, {"where": ["no_pain"]}),
    "standing": Case(still, Settings()),
    "walking": Case(steady, KNOWN, None, {"activity": "walking"}),
}


def sentences(text: str) -> Iterator[str]:
    """Sentences and what is quoted in them; a list of measures before a colon is none."""
    for part in re.split(r"(?<=[.?!])\s+|\n|[“”|]", text):
        listed, colon, rest = part.partition(": ")
        listing = part.count(",") > 4 and not part.rstrip().endswith((".", "?", "!"))
        if listing and not colon:
            continue
        yield (rest if colon and listed.count(",") > 2 else part).strip()


def objections(text: str) -> list[str]:
    """What a reader would stumble over."""
    found = [f"identifier: {word}" for word in re.findall(r"\b[a-z]+(?:_[a-z0-9]+)+\b", text)]
    found += [f"option: {word}" for word in re.findall(r"(?<![\w-])--[a-z][\w-]*", text)]
    found += [f"a value of the program: {w}" for w in re.findall(VALUE, text)]
    for sentence in sentences(text):
        words = re.findall(r"[A-Za-z][\w'/-]*", sentence)
        if len(words) > MOST_WORDS:
            found.append(f"{len(words)} words: {sentence}")
        for clause in _CLAUSE.split(sentence):
            if len(re.findall(NO, clause, re.IGNORECASE)) > 1:
                found.append(f"two negatives: {sentence}")
    return found


def of_html(document: str) -> str:
    """What a page says outside of tables of numbers, sources and the program's own log."""
    tree = html5lib.parse(document, namespaceHTMLElements=False)
    lines: list[str] = []

    def walk(element: object, inside: bool) -> None:
        tag = element.tag if isinstance(element.tag, str) else ""  # type: ignore[attr-defined]
        if tag in ("style", "script", "details", "table", "head", "svg", "ol", "dl"):
            return
        if tag in ("p", "li", "h1", "h2", "h3", "h4", "figcaption") and not inside:
            spans = [" ".join("".join(s.itertext()).split()) for s in element.findall("span")]  # type: ignore[attr-defined]
            whole = " ".join("".join(element.itertext()).split())  # type: ignore[attr-defined]
            lines.extend(spans if "".join(spans) == whole.replace(" ", "") else [whole])
            inside = True
        for child in element:  # type: ignore[attr-defined]
            walk(child, inside)

    walk(tree, False)
    return "\n".join(lines)


def test_the_test_sees_what_it_is_for() -> None:
    for text, what in (
        ("Choose overstride_cm.", "identifier"),
        ("Give --height in m.", "option"),
        ("Value: None.", "a value"),
        ("Without pain nothing needs to change.", "two negatives"),
        ("None documented none evidence", "a value"),
        (" ".join(["word"] * 26) + ".", "26 words"),
    ):
        assert any(what in found for found in objections(text)), text
    assert (
        objections("No number here says that a way of running is wrong, and none is a score.") == []
    )


@pytest.mark.parametrize("name", CASES)
def test_the_terminal(name: str) -> None:
    out = io.StringIO()
    Console(file=out, width=10_000, highlight=False).print(render(CASES[name].analysis()))
    lines = [re.sub(r"[│╭╮╰╯─]", "", line).strip() for line in out.getvalue().splitlines()]
    # Cells of a table stand apart by several blanks.
    assert objections("\n".join(re.sub(r" {2,}", "\n", line) for line in lines)) == []


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, RunFolder]:
    base = tmp_path_factory.mktemp("runs")
    made = {}
    for i, (name, case) in enumerate(CASES.items()):
        run = RunFolder(base / f"run{i}")
        run.path.mkdir()
        run.save_track(case.track(), f"{i}")
        run.save_analysis(case.analysis())
        made[name] = run
    return made


@pytest.mark.parametrize("reader", ["runner", "clinician"])
@pytest.mark.parametrize("name", CASES)
def test_the_report(runs: dict[str, RunFolder], name: str, reader: str) -> None:
    report = collect(runs[name], reader=reader)  # type: ignore[arg-type]
    assert objections(of_html(html(report))) == []


def test_the_roster(runs: dict[str, RunFolder], tmp_path: Path) -> None:
    entries = [
        RosterEntry(standing(name, CASES[name].analysis()), run, (Video(run, "side", ""),))
        for name, run in runs.items()
    ]
    out = next(iter(runs.values())).path.parent
    write_roster(out, entries, ())
    said = of_html((out / "roster.html").read_text())
    assert objections(said.replace("session.csv, session.parquet, strides.parquet", "")) == []


def test_the_comparison(runs: dict[str, RunFolder]) -> None:
    for goals in ((), ("cadence=+5%",)):
        pair = ("low step rate", "all known")
        found = compare(
            *([CASES[name].analysis()] for name in pair), [parse_goal(goal) for goal in goals]
        )
        short = summarize(found)
        told = [short.headline, *short.goals, *short.warnings, *(row.words for row in short.rows)]
        assert objections("\n".join(told)) == []
        sheet = collect_sheet(*([runs[name]] for name in pair), found)
        assert objections(of_html(sheet_html(sheet).decode())) == []
        out = io.StringIO()
        Console(file=out, width=10_000, highlight=False).print(render_comparison(found))
        assert objections(re.sub(r" {2,}", "\n", out.getvalue())) == []


def said(at: AppTest) -> str:
    kinds = (at.title, at.header, at.markdown, at.caption, at.error, at.warning)
    labels = [w.label for kind in (at.button, at.checkbox, at.radio, at.selectbox) for w in kind]
    text = [str(e.value) for kind in (*kinds, at.info, at.success) for e in kind]
    plain = [
        re.sub(r"!\[[^\]]*\]\(data:[^)]*\)|:[a-z]+-badge\[|:material/\w+:|[*\]\\]|^- ", "", t)
        for t in (*text, *labels)
    ]
    shown = "\n".join(plain)
    # Works cited have titles of their own, and folders any name.
    return re.sub(r"(?<=Evidence: )([\w ]+) \(.*|^Kept in .*", r"\1", shown, flags=re.MULTILINE)


@pytest.fixture
def pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runs: dict[str, RunFolder]
) -> Callable[..., AppTest]:
    import shutil

    for name, value in fake_backend.install(tmp_path).items():
        monkeypatch.setenv(name, value)
    for run in runs.values():
        shutil.copytree(run.path, tmp_path / "runs" / run.path.name)

    def opened(page: str, **query: str) -> AppTest:
        script = f"from gait.ui.server import main\nmain({page!r})"
        at = AppTest.from_string(script, default_timeout=PATIENCE_S)
        for key, value in query.items():
            at.query_params[key] = value
        at.run()
        assert not at.exception
        return at

    return opened


@pytest.mark.parametrize("page", ["analyze", "library", "runner", "compare", "batch", "legs"])
def test_the_pages(pages: Callable[..., AppTest], page: str) -> None:
    assert objections(said(pages(page))) == []


@pytest.mark.parametrize("name", ["low step rate", "kneecap", "emergency", "standing"])
def test_the_page_of_a_run(
    pages: Callable[..., AppTest], runs: dict[str, RunFolder], name: str
) -> None:
    at = pages("analyze", run=runs[name].path.name)
    # Works cited have titles of their own.
    own = "\n".join(
        line for line in said(at).splitlines() if "doi" not in line and "; " not in line
    )
    assert objections(own) == []
