"""What `gait doctor` says of a sound installation and of broken ones."""

from __future__ import annotations

import ctypes
import importlib
from importlib import metadata
from pathlib import Path

import pytest

from gait.cli import doctor
from gait.pose import weights
from gait.pose.engines import networks
from gait.types import ModelError


def by_name(name: str) -> doctor.Check:
    (found,) = [check for check in doctor.check() if check.name == name]
    return found


def test_this_installation_is_sound(model_path: Path) -> None:
    broken = [check for check in doctor.check() if not check.ok]
    assert broken == []


def test_exactly_the_failures_have_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "cv2_providers", lambda: ())
    checks = doctor.check()
    assert any(not check.ok for check in checks)
    assert all((check.remedy is None) == check.ok for check in checks)
    assert all(check.detail for check in checks)


@pytest.mark.parametrize(
    ("installed", "words"),
    [
        ((), "install --force-reinstall opencv-contrib-python"),
        (
            ("opencv-python", "opencv-contrib-python"),
            "uninstall -y opencv-python opencv-contrib-python",
        ),
    ],
)
def test_opencv_must_come_from_one_place(
    installed: tuple[str, ...], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def version(name: str) -> str:
        if name in installed or name not in doctor.CV2_PROVIDERS:
            return "1"
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(doctor.metadata, "version", version)
    assert doctor.cv2_providers() == installed
    check = by_name("OpenCV")
    assert not check.ok
    assert words in (check.remedy or "")


@pytest.mark.skipif("linux" not in doctor.sys.platform, reason="looked at on Linux only")
def test_missing_system_libraries_are_named_with_their_packages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    load = ctypes.CDLL

    def without_graphics(name: str) -> object:
        if name in {"libEGL.so.1", "libGLESv2.so.2"}:
            raise OSError(f"{name}: cannot open shared object file: No such file or directory")
        return load(name)

    monkeypatch.setattr(doctor.ctypes, "CDLL", without_graphics)
    check = by_name("system libraries")
    assert not check.ok
    assert check.detail == "missing libEGL.so.1, libGLESv2.so.2"
    assert check.remedy == "On Debian or Ubuntu: apt-get install libegl1 libgles2"


@pytest.mark.parametrize(
    ("module", "name"), [("mediapipe", "mediapipe"), ("cv2", "cv2"), ("av.codec", "video codecs")]
)
def test_a_library_that_does_not_load_says_why(
    module: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = importlib.import_module

    def broken(wanted: str) -> object:
        if wanted == module:
            raise ImportError("libx.so.1: cannot open shared object file")
        return load(wanted)

    monkeypatch.setattr(doctor.importlib, "import_module", broken)
    check = by_name(name)
    assert not check.ok
    assert "libx.so.1" in check.detail


def test_a_missing_encoder_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    have = doctor._has_codec
    monkeypatch.setattr(
        doctor,
        "_has_codec",
        lambda codec, name, mode: name != "libx264" and have(codec, name, mode),
    )
    assert by_name("video codecs").detail == "missing libx264"


def test_a_codec_nobody_has_is_missing() -> None:
    codec = importlib.import_module("av.codec").Codec
    assert not doctor._has_codec(codec, "no_such_codec", "r")


def test_a_cache_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cache").write_bytes(b"a file where the folder should be")
    monkeypatch.setattr(weights, "cache_dir", lambda: tmp_path / "cache")
    check = by_name("model cache")
    assert not check.ok
    assert str(tmp_path / "cache") in check.detail


def test_an_absent_model_points_to_the_install_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "cache_dir", lambda: tmp_path)
    monkeypatch.delenv(weights.MODEL_DIR_ENV, raising=False)
    assert by_name("pose model").remedy == "Run: gait doctor --install"


def test_a_wrong_model_of_the_users_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def locate(model: str) -> None:
        raise ModelError(f"x.task is not the {model} pose model.", "Replace it.")

    monkeypatch.setattr(weights, "locate", locate)
    assert by_name("pose model") == doctor.Check(
        "pose model", False, "x.task is not the heavy pose model.", "Replace it."
    )


@pytest.mark.parametrize(
    ("installed", "words"),
    [
        ((), "pip install openvino"),
        (("ai_edge_litert",), "litert"),
        (("ai_edge_litert", "openvino"), "openvino"),
    ],
)
def test_it_says_which_engine_runs_and_why(
    installed: tuple[str, ...], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for package in installed:
        pytest.importorskip(package)
    monkeypatch.setattr(networks, "find_spec", lambda name: name in installed or None)
    assert "mediapipe" in by_name("pose standard").detail
    for mode in ("accurate", "fast"):
        found = by_name(f"pose {mode}")
        assert found.ok
        assert words in found.detail
        assert "because" in found.detail or not installed


def test_an_engine_that_does_not_load_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> str:
        raise ImportError("libtbb.so.12: cannot open shared object file")

    monkeypatch.setattr(doctor, "why_this_runtime", broken)
    assert by_name("pose standard").ok
    for mode in ("accurate", "fast"):
        found = by_name(f"pose {mode}")
        assert not found.ok
        assert "libtbb" in found.detail
