"""B: one cleaner makes names of folders and files of what others wrote, wherever that happens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import examples
import pytest
from hostile import KEPT, gait, refuses, run_folder

from gait.batch.session import SessionVideo, _names
from gait.batch.tables import _runners
from gait.io.run_folder import place, place_together
from gait.jobs.uploads import safe_name
from gait.sanitize.text import folder_name
from gait.settings import Settings

TEXTS = (
    *("..", "...", ".", "", " ", "  ..  ", "../x", "..\\x", "a/b", "/etc/passwd", "C:\\x", "C:x"),
    *("CON", "con", "nul.txt", "COM1", "lpt9.tar.gz", "AUX ", "x. ", "x...", "x   ", ".jobs"),
    *(".lock", "-rf", "a\0b", "a\nb", "a\tb", "\x1b[31m", "a\u202eb", "\ud800", "a\udcffb"),
    *("a<b>", 'a"b', "a|b", "a?b", "a*b", "x" * 300, "é" * 200, "走" * 120, "\u200b", "~root"),
)


def _place(base: Path, text: str) -> Path:
    return place(base, examples.video_info("x.mp4").model_copy(update={"name": f"{text}.mp4"}))


def _together(base: Path, text: str) -> Path:
    return place_together(base, [Path(f"{text}.mp4"), Path("b.mp4")])


def _session(base: Path, text: str) -> Path:
    (name,) = _names([Path(f"{text}.mp4")]).values()
    return base / name


def _runner(base: Path, text: str) -> Path:
    entries = [SessionVideo(n, Path(f"{n}.mp4"), Settings(runner="r")) for n in "ab"]
    for entry in entries:
        object.__setattr__(entry, "settings", Settings.model_construct(runner=text or "r"))
    (runner,) = _runners(entries)
    return base / runner.folder


def _upload(base: Path, text: str) -> Path:
    return base / safe_name(f"{text}.mp4")


USERS: dict[str, Callable[[Path, str], Path]] = {
    "one video": _place,
    "together": _together,
    "session": _session,
    "runner": _runner,
    "upload": _upload,
    "cleaner": lambda base, text: base / folder_name(text),
}


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: ascii(text)[:20])
@pytest.mark.parametrize("user", USERS)
def test_a_name_stays_where_it_is_put(here: Path, user: str, text: str) -> None:
    made = USERS[user](here, text)
    assert made.parent == here
    assert made.resolve().parent == here.resolve()
    made.mkdir()  # the file system takes it
    assert not made.name.startswith(".")
    assert made.name == made.name.rstrip(" .")
    assert made.name.partition(".")[0].rstrip().casefold() not in {"con", "nul", "aux", "com1"}
    assert not set(made.name) & set('/\\:*?"<>|\0\n\t\x1b\u202e')
    made.name.encode()


@pytest.mark.parametrize("name", ["C:", "s3:", "file:", "a:b", "http:", "-rf", "%s"])
def test_a_folder_called_like_an_address_is_a_folder(here: Path, name: str) -> None:
    run_folder(here / name)
    out = f"--out={name}"
    assert gait("analyze", KEPT, out).code == 0
    for form in ("parquet", "csv"):
        assert gait("export", "--format", form, out, "--", name).code == 0


@pytest.mark.parametrize("kind", ["loop", "dangling"])
@pytest.mark.parametrize("command", ["report", "export", "intake", "analyze"])
def test_a_link_that_leads_nowhere_is_somebodys(here: Path, command: str, kind: str) -> None:
    run_folder(here / "run")
    argv: dict[str, tuple[str, tuple[object, ...]]] = {
        "report": ("x.html", ("report", "run", "--out", "x.html")),
        "export": ("run.json", ("export", "run", "--format", "json")),
        "intake": ("answers.toml", ("intake",)),
        "analyze": ("run/people.png", ("analyze", KEPT, "--out", "run")),
    }
    name, words = argv[command]
    (here / name).symlink_to(here / name if kind == "loop" else "nowhere")
    refuses(here, *words)
