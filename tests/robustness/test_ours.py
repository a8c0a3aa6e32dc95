"""A: tables, roster, comparison, export, goal and validation replace what is ours, nothing else."""

from __future__ import annotations

from pathlib import Path

import examples
import fake_backend
import pytest
from hostile import KEPT, gait, refuses, run_folder

from gait.io.ours import RECORD, SESSION, is_ours

FOREIGN: dict[str, bytes] = {
    "empty": b"",
    "text": b"my own notes",
    "JSON": b'{"made by": "another program"}',
    "list": b"video,runner\na.mp4,Anna\n",
    "page": b"<!doctype html><title>My roster</title>",
    "parquet magic": b"PAR1 and nothing else PAR1",
    "binary": bytes(range(256)) * 8,
}


@pytest.mark.parametrize("name", SESSION)
@pytest.mark.parametrize("content", FOREIGN)
def test_a_session_replaces_its_own_tables_only(here: Path, name: str, content: str) -> None:
    examples.video(here / "run.mp4")
    (here / "out").mkdir()
    (here / "out" / name).write_bytes(FOREIGN[content])
    assert name in refuses(here, "batch", "run.mp4", "--out", "out")


@pytest.mark.parametrize("name", ["comparison.json", "in_step.mp4"])
@pytest.mark.parametrize("content", FOREIGN)
def test_a_comparison(here: Path, name: str, content: str) -> None:
    run_folder(here / "run")
    run_folder(here / "later")
    (here / "out").mkdir()
    (here / "out" / name).write_bytes(FOREIGN[content])
    assert name in refuses(here, "compare", "run", "later", "--out", "out", "--no-video")


@pytest.mark.parametrize("content", FOREIGN)
@pytest.mark.parametrize("command", ["analyze", "batch", "compare", "report"])
def test_a_record_that_is_none_is_said_before_the_work(
    here: Path, command: str, content: str
) -> None:
    run_folder(here / "run")
    run_folder(here / "later")
    examples.video(here / "a.mp4")
    (here / "out").mkdir()
    argv: dict[str, tuple[object, ...]] = {
        "analyze": ("analyze", KEPT, "--out", "out"),
        "batch": ("batch", "a.mp4", "--out", "out"),
        "compare": ("compare", "run", "later", "--out", "out", "--no-video"),
        "report": ("report", "run"),
    }
    folder = "run" if command == "report" else "out"
    (here / folder / RECORD).write_bytes(FOREIGN[content])
    assert "Move it away" in refuses(here, *argv[command])


@pytest.mark.parametrize("name", ["validation.json", "bland-altman.svg"])
@pytest.mark.parametrize("content", FOREIGN)
def test_a_validation(here: Path, name: str, content: str) -> None:
    (here / "out").mkdir()
    (here / "out" / name).write_bytes(FOREIGN[content])
    assert name in refuses(here, "validate", "--tracks", "--out", "out")


EXPORTS = {
    "json": ("run.json",),
    "csv": ("run_strides.csv", "run_summaries.csv", "run_series.csv"),
    "parquet": ("run_strides.parquet", "run_summaries.parquet", "run_series.parquet"),
    "trc": ("run_px.trc",),
    "mot": ("run.mot",),
    "c3d": ("run_px.c3d",),
}


@pytest.mark.parametrize(
    ("form", "name"), [(form, name) for form, names in EXPORTS.items() for name in names]
)
def test_an_export_replaces_nothing_unless_told(here: Path, form: str, name: str) -> None:
    run_folder(here / "run")
    (here / name).write_bytes(b"mine")
    argv = ("export", "run", "--format", form, "--unit", "px")
    assert "--force" in refuses(here, *argv)
    assert gait(*argv, "--force").code == 0
    assert (here / name).read_bytes() != b"mine"


def test_an_export_never_replaces_what_it_exports(here: Path) -> None:
    (here / "analysis").mkdir()
    run = run_folder(here / "analysis" / "analysis")
    argv = ("export", run, "--format", "json", "--out", run, "--force")
    assert "what is exported" in refuses(here, *argv)


def test_what_is_ours_is_replaced(here: Path) -> None:
    run_folder(here / "run")
    run_folder(here / "later")
    argv = ("compare", "run", "later", "--out", "out", "--no-video")
    assert gait(*argv).code == 0
    assert gait(*argv).code == 0
    (here / "out" / RECORD).unlink()
    assert is_ours(here / "out" / "comparison.json")
    assert gait(*argv).code == 0


def test_a_table_with_remarks_of_a_coach_is_not_replaced(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Known by its head, but changed since: what somebody added in a spreadsheet is theirs."""
    fake_backend.video(here / "run.mp4")
    for name, value in (installed := fake_backend.install(here / "backend")).items():
        monkeypatch.setenv(name, value)
    monkeypatch.syspath_prepend(here / "backend")
    fake = installed["GAIT_SETTINGS"]
    argv = ("batch", "run.mp4", "--settings", fake, "--out", "out", "--no-report")
    assert gait(*argv).code == 0
    assert gait(*argv).code == 0
    with (here / "out" / "session.csv").open("a") as table:
        table.write("looked tired\n")
    assert "changed since" in refuses(here, *argv)


def test_a_session_is_not_put_into_a_run(here: Path) -> None:
    """Both have a strides.parquet."""
    run_folder(here / "run")
    examples.video(here / "a.mp4")
    assert "the run folder" in refuses(here, "batch", "a.mp4", "--out", "run")


@pytest.mark.parametrize("name", ["report_mine.pdf", "analysis.json", "strides.parquet"])
def test_a_folder_among_runners_that_is_not_ours_stays(here: Path, name: str) -> None:
    from gait.batch.tables import _remove_others

    other = here / "runners" / "x"
    other.mkdir(parents=True)
    (other / name).write_bytes(b"mine")
    _remove_others(here / "runners", set())
    assert (other / name).read_bytes() == b"mine"


@pytest.mark.parametrize("inside", ["", "side"])
def test_a_run_among_runners_that_the_batch_did_not_make_stays(here: Path, inside: str) -> None:
    from gait.batch.tables import _remove_others

    run = run_folder(here / "runners" / "x" / inside)
    (here / "runners" / "x" / "analysis.json").write_bytes((run / "analysis.json").read_bytes())
    (here / "runners" / "empty").mkdir()
    before = sorted((here / "runners").rglob("*"))
    _remove_others(here / "runners", set())
    assert sorted((here / "runners").rglob("*")) == before
