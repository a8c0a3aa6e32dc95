"""Files of every version of ``analysis.json`` open, are shown and compared."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from rich.console import Console
from streamlit.testing.v1 import AppTest
from waiting import PATIENCE_S

from gait.analysis.results import SCHEMA_VERSION
from gait.cli import main as cli
from gait.io import analysis_file
from gait.io.analysis_file import read_analysis
from gait.io.run_folder import RunFolder
from gait.present.table import render
from gait.report import write_report
from gait.types import UsageError

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "golden"
SCHEMA = ROOT / "docs" / "schema" / "analysis.schema.json"
FILES = sorted(GOLDEN.glob("v*/*/analysis.json"))


def ids(path: Path) -> str:
    return "/".join(path.parts[-3:-1])


@pytest.fixture(scope="module")
def schema() -> Any:
    return json.loads(SCHEMA.read_text(encoding="utf-8"))


def test_there_are_files_of_every_version() -> None:
    assert {path.parts[-3] for path in FILES} == {f"v{n}" for n in range(1, SCHEMA_VERSION + 1)}
    assert set(analysis_file.STEPS) == set(range(1, SCHEMA_VERSION))


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_an_older_file_opens_with_its_numbers(path: Path) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document["schema_version"] == int(path.parts[-3].removeprefix("v"))
    analysis = read_analysis(path.parent)
    assert analysis.schema_version == SCHEMA_VERSION
    for old, new in zip(document["summaries"], analysis.summaries, strict=True):
        assert (old["metric"], old["side"], old["value"]) == (new.metric, new.side, new.value)
        assert tuple(old["ci95"] or ()) == (new.ci95 or ())
    assert len(document["events"]) == len(analysis.events)


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_an_older_file_fits_the_published_schema_once_opened(path: Path, schema: Any) -> None:
    document = json.loads(read_analysis(path.parent).model_dump_json())
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(document)


def test_the_schema_refuses_what_is_no_analysis(schema: Any) -> None:
    document = json.loads(read_analysis(FILES[0].parent).model_dump_json())
    validator = Draft202012Validator(schema)
    assert not validator.is_valid({})
    assert not validator.is_valid(document | {"activity": "swimming"})
    assert not validator.is_valid(document | {"unheard": 1})


@pytest.mark.parametrize("version", [SCHEMA_VERSION + 1, 0, "1", None, [1]])
def test_an_unknown_version_is_refused_with_what_to_do(version: object, tmp_path: Path) -> None:
    document = json.loads(FILES[0].read_text()) | {"schema_version": version}
    (tmp_path / "analysis.json").write_text(json.dumps(document))
    with pytest.raises(UsageError, match="Update gaitlens"):
        read_analysis(tmp_path)


def test_parts_of_an_older_file_are_brought_up_too(tmp_path: Path) -> None:
    document = json.loads((GOLDEN / "v1/side_normal/analysis.json").read_text())
    document["parts"] = [json.loads((GOLDEN / "v1/rear_bad/analysis.json").read_text())]
    (tmp_path / "analysis.json").write_text(json.dumps(document))
    (part,) = read_analysis(tmp_path).parts
    assert part.schema_version == SCHEMA_VERSION


def test_older_and_newer_runs_are_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = [str(GOLDEN / v / "side_normal") for v in ("v1", f"v{SCHEMA_VERSION}")]
    assert cli.main(["compare", *runs, "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "Cadence" in said
    assert "Real changes: 0 of" in said  # it is the same video


def test_an_older_run_is_exported(tmp_path: Path) -> None:
    run = RunFolder(GOLDEN / "v1" / "side_normal")
    assert cli.main(["export", str(run.path), "--format", "json", "--out", str(tmp_path)]) == 0
    document = json.loads((tmp_path / "side_normal.json").read_text())
    assert document["schema_version"] == SCHEMA_VERSION


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_an_older_run_is_shown_and_reported(path: Path, tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    shutil.copytree(GOLDEN / "v1" / path.parent.name, run.path)
    shutil.copyfile(path, run.analysis)  # all versions are of the same track
    analysis = read_analysis(run.path)
    console = Console(record=True, width=100, file=io.StringIO())
    console.print(render(analysis))
    assert "Cadence" in console.export_text()
    report = write_report(run)
    assert "Cadence" in report.read_text(encoding="utf-8")


def test_an_older_run_opens_on_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(GOLDEN / "v1" / "side_normal", tmp_path / "old")
    monkeypatch.setenv("GAIT_WORKSPACE", str(tmp_path))
    at = AppTest.from_file(ROOT / "app.py", default_timeout=PATIENCE_S)
    at.query_params["run"] = "old"
    at.query_params["section"] = "Download"
    at.run()
    assert not at.exception
    assert not at.error
    assert any("Foot strike angle" in text.value for text in at.markdown)
