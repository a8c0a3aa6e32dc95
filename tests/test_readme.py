"""The README is true: its commands run as written, its numbers are those of the accuracy page."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from itertools import takewhile
from pathlib import Path

import pytest

from gait.knowledge import GRADES, knowledge
from gait.video import Writer, frames, probe

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ACCURACY = (ROOT / "docs" / "accuracy.md").read_text(encoding="utf-8")

BLOCKS = [
    [line.partition(" #")[0].strip() for line in block.splitlines() if line.strip()]
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
]
COMMANDS = [line for block in BLOCKS for line in block]

ELSEWHERE = {
    "make demo": ".ci/run",
    "make test": ".ci/run",
    "pip install .": ".ci/run",
    "gait doctor --install": "Makefile",
    "gait app": "tests/test_browser.py",
}
"""Commands that are run by something other than this file, and by what."""

LEAVES = {
    "gait analyze my_run.mp4 --speed 3.0 --height 1.78 --report": (
        "gait_runs/my_run/analysis.json",
        "gait_runs/my_run/overlay.mp4",
        "gait_runs/my_run/report.html",
    ),
    "gait report gait_runs/my_run --for runner --pdf": ("gait_runs/my_run/report-runner.pdf",),
    "gait report gait_runs/my_run --pdf --anonymous": ("gait_runs/my_run/report-anonymous.pdf",),
    "gait intake": ("answers.toml",),
    "gait compare gait_runs/my_run gait_runs/later_run --goal cadence=+5%": (
        "gait_runs/compare-my_run-later_run/in_step.mp4",
    ),
    "gait batch videos/ --out session/": ("session/roster.html", "session/session.csv"),
    "gait validate --tracks": ("gait_runs/validation/validation.json",),
}
"""What is there after a command, at the least."""

# The first seconds of each are enough for three strides of each foot from the side.
LENGTHS_S = {"side_normal": 2.6, "side_overstride": 2.6, "rear_normal": 1.5}
VIDEOS = {
    "side_normal": ("my_run", "my_run_side"),
    "side_overstride": ("later_run",),
    "rear_normal": ("my_run_rear", "videos/anna_rear"),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, sample_videos: Path) -> Path:
    """A folder with the videos that the README speaks of."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "videos").mkdir()
    for sample, names in VIDEOS.items():
        cut = folder / f"{sample}.mp4"
        shorten(sample_videos / f"{sample}.mp4", cut, LENGTHS_S[sample])
        for name in names:
            shutil.copy(cut, folder / f"{name}.mp4")
        cut.unlink()
    return folder


def shorten(video: Path, target: Path, length_s: float) -> None:
    """The first seconds of a video."""
    info = probe(video)
    with Writer(target, info.width, info.height, info.fps_hz) as writer:
        for frame in takewhile(lambda frame: frame.time_s < length_s, frames(video)):
            writer.write(frame.image, frame.time_s)


def test_every_command_is_run_somewhere() -> None:
    assert len(COMMANDS) > 10
    for command, where in ELSEWHERE.items():
        assert command in COMMANDS
        text = (ROOT / where).read_text(encoding="utf-8")
        assert all(word in text for word in command.split()), command
    assert all(c in ELSEWHERE or c.startswith("gait ") for c in COMMANDS)


def test_the_commands_run_in_their_order(place: Path) -> None:
    for command in COMMANDS:
        if command in ELSEWHERE:
            continue
        done = subprocess.run(
            [sys.executable, "-m", "gait.cli.main", *shlex.split(command)[1:]],
            cwd=place,
            input="1\n" * 100,  # to every question of `gait intake` its first answer
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stderr}{done.stdout[-2000:]}"
        for file in LEAVES.pop(command, ()):
            assert (place / file).is_file(), f"{command}: {file}"
    assert not LEAVES


def test_the_lines_of_python_run(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert len([line for line in code.splitlines() if line.strip()]) <= 9
    monkeypatch.chdir(place)
    exec(compile(code, "README.md", "exec"), {})


def test_errors_are_those_of_the_accuracy_page() -> None:
    (block,) = re.findall(r"<!-- begin validate -->(.*?)<!-- end validate -->", ACCURACY, re.DOTALL)
    known = {}
    for line in block.splitlines():
        cells = [cell.strip() for cell in line.strip("| ").split(" | ")]
        if len(cells) >= 8 and "," in cells[0]:
            name, _, unit = cells[0].rpartition(", ")
            known[name] = (f"{cells[4]} {unit}", f"{cells[6]} {unit}")
    (table,) = re.findall(r"\| metric \| view .*?\n\n", README, re.DOTALL)
    rows = [
        [cell.strip() for cell in line.strip("| ").split(" | ")]
        for line in table.strip().splitlines()[2:]
    ]
    assert len(rows) > 10
    ids = {info.name: metric for metric, info in knowledge().metrics.items()}
    for name, view, error, stated, evidence in rows:
        assert (error, stated) == known[name], name
        assert view in knowledge().metrics[ids[name]].view, name
        grades = [link.grade for link in knowledge().links.values() if link.metric == ids[name]]
        best = min(grades, key=GRADES.index, default="none")
        assert evidence.removeprefix("load: ") == best, name


def test_links_lead_somewhere() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
    for page in pages:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"
