"""What Windows and macOS do otherwise, done to the program here."""

from __future__ import annotations

import io
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gait.io import is_track
from gait.io.added.practice import keep_consent, kept_runner
from gait.io.deletion import delete
from gait.io.run_folder import RunFolder
from gait.jobs import staging
from gait.jobs.staging import STAGING, Staging
from gait.pipeline import analyze_into, identify
from gait.sanitize import files
from gait.settings import Settings
from gait.types import OutputError, UsageError
from gait.ui.access.keys import profile_names
from gait.ui.intake import session as intake

KEPT = Path(__file__).parents[2] / "gait" / "validation" / "tracks" / "side_normal" / "pose.npz"


class InUseError(PermissionError):
    """As Windows says it."""

    winerror = 32


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    run = RunFolder(tmp_path / "runs" / "run")
    analyze_into(run, KEPT, identify(KEPT), Settings(), overlay=False)
    return run


@contextmanager
def open_elsewhere(
    path: Path, monkeypatch: pytest.MonkeyPatch, patience_s: float = 0.0
) -> Iterator[None]:
    """A file that another program has open: nobody renames, replaces or removes it."""

    def refusing(real: Callable[..., object]) -> Callable[..., object]:
        def do(name: str | Path, *others: str | Path, **kw: object) -> object:
            if str(path) in {str(name), *map(str, others)}:
                raise InUseError(13, "The process cannot access the file", str(path))
            return real(name, *others, **kw)

        return do

    with monkeypatch.context() as patch:
        patch.setattr(files, "_PATIENCE_S", patience_s)
        for name in ("rename", "replace", "unlink"):
            patch.setattr(os, name, refusing(getattr(os, name)))
        yield


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir()}


@pytest.mark.parametrize("name", ["analysis.json", "pose.npz", "strides.parquet"])
def test_a_run_that_is_open_elsewhere_is_deleted_as_a_whole_or_not_at_all(
    run: RunFolder, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(run.path)
    with (
        open_elsewhere(run.path / name, monkeypatch),
        pytest.raises(OutputError, match=rf"{name} is open in another program.*Close it"),
    ):
        delete(run)
    assert contents(run.path) == before
    assert delete(run) == ()


@pytest.mark.parametrize("name", ["analysis.json", "strides.parquet"])
def test_a_run_that_is_open_elsewhere_is_not_half_replaced(
    run: RunFolder, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(run.path)
    with (
        open_elsewhere(run.path / name, monkeypatch),
        pytest.raises(OutputError, match=rf"{name} is open in another program"),
    ):
        analyze_into(run, KEPT, identify(KEPT), Settings(height_m=1.8), overlay=False)
    assert contents(run.path) == before


def test_a_virus_scanner_is_waited_for(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []

    def replace(*given: object) -> None:
        looks.append(1)
        if len(looks) < 3:
            raise InUseError(13, "The process cannot access the file", "x")

    files.patiently(replace, 1)
    assert len(looks) == 3


def test_what_may_not_be_written_is_said_at_once() -> None:
    def replace() -> None:
        raise PermissionError(13, "Permission denied", "x")

    waited = threading.Timer(1, lambda: None)
    waited.start()
    with pytest.raises(PermissionError):
        files.patiently(replace)
    assert waited.is_alive()
    waited.cancel()


def test_a_second_server_sweeps_nothing_of_the_first_where_folders_cannot_be_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    first = Staging(tmp_path)
    folder = first.open()
    (folder / "video.mp4").write_bytes(b"an upload")
    Staging(tmp_path)
    assert (folder / "video.mp4").is_file()
    assert first.publish(folder, "run") == "run"
    first.drop(folder)
    assert list((tmp_path / STAGING).iterdir()) == []


def test_what_a_killed_server_left_is_swept_with_its_lock(tmp_path: Path) -> None:
    for name in ("12-0123456789abcdef", "13-0123456789abcdef.lock", "somebody-else"):
        (tmp_path / STAGING / name).mkdir(parents=True) if "." not in name else (
            tmp_path / STAGING / name
        ).touch()
    staging.sweep(tmp_path)
    assert [p.name for p in (tmp_path / STAGING).iterdir()] == ["somebody-else"]


def test_an_upload_is_looked_at_when_nobody_has_its_copy_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows opens no file a second time that vanishes when it is closed."""
    seen: list[Path] = []
    monkeypatch.setattr(tempfile, "_TemporaryFileCloser", None)  # makes NamedTemporaryFile fail
    monkeypatch.setattr(intake, "probe", lambda path: seen.append(path) or path.read_bytes())
    monkeypatch.setattr(intake, "capture_check", lambda content: content.decode())
    assert intake._kept_check.__wrapped__("1", io.BytesIO(b"a video")) == "a video"  # type: ignore[attr-defined]
    assert not seen[0].exists()


def test_consent_is_of_a_runner_however_a_mac_writes_the_name(tmp_path: Path) -> None:
    keep_consent(tmp_path, "Zo\u00eb", agreed=True)
    consent = kept_runner(tmp_path, "ZOE\u0308").consent
    assert consent is not None
    assert consent.agreed


def test_two_profiles_are_two_folders_on_every_disk() -> None:
    with pytest.raises(UsageError, match="differ only in capitals"):
        profile_names(["Anna", "anna"])


def test_what_a_mac_leaves_beside_key_points_is_no_frame(tmp_path: Path) -> None:
    (tmp_path / "._run_000000000001_keypoints.json").write_bytes(b"\0\5\x16\7")
    assert not is_track(tmp_path)
