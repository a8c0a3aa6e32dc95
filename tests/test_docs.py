"""Every code block of the README and of the pages runs, in the order in which they are read."""

from __future__ import annotations

import inspect
import io
import re
import shlex
import shutil
import tomllib
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from unittest.mock import patch

import build_first_run
import pytest

import gait
from gait import pose
from gait.batch.session import read_sheet
from gait.cli.main import main
from gait.validation.truth import Truth
from gait.video import Writer, frames, probe

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
FIRST = ("README.md", "docs/tutorial/runner.md", "docs/tutorial/clinic.md")
"""Pages that are read in this order: what one leaves behind, the next may use."""

PAGES = (
    *FIRST,
    *sorted(
        str(page.relative_to(ROOT)) for page in DOCS.rglob("*.md")
        if str(page.relative_to(ROOT)) not in FIRST
    ),
    *("CONTRIBUTING.md", "sample_videos/README.md"),
)  # fmt: skip

KINDS = {
    "sh": "commands, run here or by what ELSEWHERE names",
    "python": "run here",
    "toml": "read here, and written to the file that the line before names",
    "csv": "read as the list of a session",
    "pyi": "how functions are called: held against them",
    "console": "what a command said: made by a script, or found in what it made",
    "text": "a drawing, names, or text; no command",
    "{eval-rst}": "read when the site is built",
    "{toctree}": "read when the site is built",
}
"""Every kind of code block, and what becomes of it."""

ELSEWHERE = {
    "make demo": (".ci/run", "make demo"),
    "make test": (".ci/run", "make test"),
    "make check": (".ci/run", "make check"),
    "pip install .": (".ci/run", "pip install --quiet --no-deps --force-reinstall ."),
    "pipx install .": ("docs/build_first_run.py", "pipx install --quiet ."),
    "uv tool install .": ("docs/build_first_run.py", "uv tool install --quiet --force ."),
    "gait doctor --install": ("Makefile", "gait doctor --install"),
    "gait app": ("tests/browser.py", '"app"'),
    "podman build -t gaitlens .": ("Containerfile", "podman build -t gaitlens ."),
    "podman run --rm -p 127.0.0.1:8501:8501 -v gaitlens:/home/gait/gait_runs gaitlens": (
        *("Containerfile", "podman run --rm -p 127.0.0.1:8501:8501"),
    ),
    "gait validate --data VALIDATION_DIR/forceplate --write docs/accuracy.md": (
        "tests/test_force_plate.py",
        '["validate", "--data", str(laboratory)',
    ),
    "python docs/build_pages.py": ("tests/test_api_page.py", "build_pages.PAGES[place]()"),
    ".venv/bin/gait validate": ("tests/test_validity.py", "validate"),
    "gait validate --conditions --write docs/accuracy.md": (
        *("tests/test_validity.py", "under_conditions"),
    ),
    "dask scheduler": ("tests/test_batch_processes.py", "distributed.cli.dask_scheduler"),
    "dask worker tcp://10.0.0.5:8786 --nworkers auto --nthreads 1 --memory-limit 2GB": (
        *("tests/test_batch_processes.py", "distributed.cli.dask_worker"),
    ),
    "gait batch videos/ --out session/ --scheduler tcp://10.0.0.5:8786": (
        *("tests/test_batch_processes.py", '"--scheduler"'),
    ),
}
"""Commands that something other than this file runs: what, and the words there."""

BENCHMARK = re.compile(r"(PYTHONPATH=tests )?python benchmarks/").match
"""Scripts that make the tables of docs/accuracy.md."""

OWN_TEST = {"docs/api.md": "tests/test_api_page.py"}
"""Pages whose blocks another file runs, since it looks at what they say."""

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
    "gait goal gait_runs/my_run cadence=+5%": ("gait_runs/my_run/metronome.wav",),
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


@dataclass(frozen=True)
class Block:
    """A code block: its page, the line it begins at, its kind, its text, and the text before it."""

    page: str
    line: int
    kind: str
    text: str
    before: str

    @property
    def commands(self) -> list[str]:
        lines = (line.partition(" #")[0].strip() for line in self.text.splitlines())
        return [line for line in lines if line]

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks(page: str) -> list[Block]:
    """All code blocks of a page; a fence that is not closed is an error."""
    text = (ROOT / page).read_text(encoding="utf-8")
    found = re.compile(r"^( *)(```+)([^\n`]*)\n(.*?)^\1\2 *$", re.DOTALL | re.MULTILINE)
    every = [
        Block(page, text[: m.start()].count("\n") + 1, m[3].strip(), m[4], text[: m.start()])
        for m in found.finditer(text)
    ]
    assert not re.search(r"^ *```", found.sub("", text), re.MULTILINE), f"{page}: an open block"
    return every


BLOCKS = [block for page in PAGES for block in blocks(page)]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, sample_videos: Path) -> Path:
    """A folder with the videos that the pages speak of."""
    folder = tmp_path_factory.mktemp("docs")
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


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_every_block_is_of_a_kind_that_runs_or_is_no_code(block: Block) -> None:
    kind = block.kind.split()[0] if block.kind else ""
    assert kind in KINDS, f"say what it is: {', '.join(KINDS)}"
    if kind == "text":
        assert not re.search(r"^(\$ |gait |make |pip |python |import )", block.text, re.MULTILINE)


def test_every_command_is_run_somewhere() -> None:
    commands = [c for b in BLOCKS if b.kind == "sh" for c in b.commands]
    assert len(commands) > 30
    assert not set(ELSEWHERE) - set(commands)
    for command, (where, words) in ELSEWHERE.items():
        assert words in (ROOT / where).read_text(encoding="utf-8"), command
    assert not [
        c for c in commands if c not in ELSEWHERE and not c.startswith("gait ") and not BENCHMARK(c)
    ]


SCRIPTS = sorted({c for b in BLOCKS if b.kind == "sh" for c in b.commands if BENCHMARK(c)})


@pytest.mark.parametrize("command", SCRIPTS)
def test_benchmarks_have_the_options_they_are_called_with(command: str) -> None:
    """They need data of others, or hours: what they take is read, not run."""
    words = command.removeprefix("PYTHONPATH=tests ").split()
    shared = ROOT / "benchmarks" / "scoring.py"
    code = (ROOT / words[1]).read_text(encoding="utf-8") + shared.read_text(encoding="utf-8")
    assert not [word for word in words if word.startswith("--") and f'"{word}"' not in code]


def test_the_pages_run_from_top_to_bottom(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    monkeypatch.setattr(pose, "_registered", {})
    left = dict(LEAVES)
    for page in PAGES:
        names: dict[str, object] = {}
        for block in blocks(page) if page not in OWN_TEST else ():
            if block.kind == "sh":
                for command in block.commands:
                    if command not in ELSEWHERE and not BENCHMARK(command):
                        run(command, block)
                        for file in left.pop(command, ()):
                            assert Path(file).is_file(), f"{command}: {file}"
            elif block.kind == "python":
                exec(compile(block.text, str(block), "exec"), names)
            elif block.kind == "toml":
                write(block)
    assert not left


def run(command: str, block: Block) -> None:
    """Run a command as it stands, but in this process: each would take seconds to start."""
    said = io.StringIO()
    answers = io.StringIO("1\n" * 100)  # to every question of `gait intake` its first answer
    with redirect_stdout(said), redirect_stderr(said), patch("sys.stdin", answers):
        code = main(shlex.split(command)[1:])
    assert code == 0, f"{block}: {command}\n{said.getvalue()[-4000:]}"


def write(block: Block) -> None:
    """Put a file where the page says that it goes: the last name of a file in the line before."""
    named = re.findall(r"`([\w./*]+\.toml)`", block.before.rstrip().rpartition("\n\n")[2])
    if named:
        Path(named[-1]).write_text(block.text, encoding="utf-8")


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.kind == "toml"], ids=str)
def test_files_of_truth_are_read(block: Block, tmp_path: Path) -> None:
    assert tomllib.loads(block.text)
    path = tmp_path / "run.truth.toml"
    path.write_text(block.text, encoding="utf-8")
    assert Truth.read(path) != Truth()


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.kind == "csv"], ids=str)
def test_lists_of_a_session_are_read(block: Block, tmp_path: Path) -> None:
    sheet = tmp_path / "session.csv"
    sheet.write_text(block.text, encoding="utf-8")
    named = [line.partition(",")[0] for line in block.text.splitlines()[1:]]
    assert [line.video for line in read_sheet(sheet)] == named


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.kind == "pyi"], ids=str)
def test_functions_are_called_so(block: Block) -> None:
    told = re.findall(r"^def (\w+)\((.*?)\)", block.text, re.MULTILINE)
    assert told
    for name, parameters in told:
        real = inspect.signature(getattr(gait, name)).parameters
        for parameter in (p.partition(":")[0].strip() for p in parameters.split(",")):
            assert parameter in real, f"{block}: {name}({parameter})"


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.kind == "python quoted"], ids=str)
def test_quoted_code_is_the_code(block: Block) -> None:
    code = block.text.strip()
    assert any(code in p.read_text(encoding="utf-8") for p in (ROOT / "gait").rglob("*.py"))


def test_what_the_readme_shows_of_the_terminal_was_said_to_a_newcomer() -> None:
    (shown,) = (b.text for b in BLOCKS if b.page == "README.md" and b.kind == "console")
    said = (DOCS / "first-run.md").read_text(encoding="utf-8").splitlines()
    kept = {" ".join(line.split()) for line in said}
    for line in shown.splitlines():
        words = " ".join(line.split())
        assert not words or words == "…" or words.startswith("$ ") or words in kept, line


def test_the_page_of_a_first_run_is_made_of_what_was_seen() -> None:
    demo = blocks("docs/first-run.md")[0].text
    seen = {
        "demo": demo,
        "runner": "$ gait report",
        "mistakes": ["$ gait analyze notes.txt"],
        "venv_mb": 1300,
        "model_mb": 30,
        "pipx": "gaitlens 0.2.0",
        "took": {"demo": build_first_run.minutes(153), "pipx": "56 s"},
    }
    page = build_first_run.page(seen, load=2.0)
    assert "two reports | 2 min 33 s |" in page
    assert "`pipx install .` | 56 s |" in page
    assert demo in page
    assert "uv tool" not in page
    shown = build_first_run.excerpt(demo).splitlines()
    assert shown[0].startswith("side_normal.mp4: ")
    assert [line for line in shown if line.startswith("  Cadence")]
    assert not [line for line in shown if "side_overstride" in line]


def test_links_in_the_repository_lead_somewhere() -> None:
    pages = [*(ROOT / page for page in PAGES), *ROOT.glob("*.md"), *ROOT.glob(".github/**/*.md")]
    for page in pages:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"
