"""What is installed here, whether it can work, and what to do where it cannot."""

from __future__ import annotations

import ctypes
import importlib
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import Final

from gait.pose import weights
from gait.pose.engines.networks import why_this_runtime
from gait.types import ModelError

CV2_PROVIDERS: Final = (
    "opencv-python",
    "opencv-python-headless",
    "opencv-contrib-python",
    "opencv-contrib-python-headless",
)
"""Distributions that all write the same `cv2` folder; two of them break each other silently."""

SYSTEM_LIBRARIES: Final = MappingProxyType(
    {
        "libEGL.so.1": "libegl1",
        "libGLESv2.so.2": "libgles2",
        "libGL.so.1": "libgl1",
        "libgthread-2.0.so.0": "libglib2.0-0",
        "libxcb.so.1": "libxcb1",
    }
)
"""Shared libraries that the Linux wheels of mediapipe and OpenCV expect, and their Debian
packages."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at."""

    name: str
    """What was looked at."""
    ok: bool
    """Whether it can work as it is."""
    detail: str
    """What was found."""
    remedy: str | None = None
    """What to do about it; None exactly when `ok`."""


def check(model: str = "heavy") -> tuple[Check, ...]:
    """Look at everything an analysis needs, without the network.

    In the order in which problems should be put right.
    """
    return (
        _python(),
        _package("gaitlens"),
        _cv2_provider(),
        *((_system_libraries(),) if sys.platform == "linux" else ()),
        _loads("mediapipe", _load_mediapipe),
        _loads("cv2", lambda: importlib.import_module("cv2")),
        _codecs(),
        _cache(weights.cache_path(model).parent),
        _model(model),
        *_modes(),
        _cores(),
    )


def cv2_providers() -> tuple[str, ...]:
    """Names of the installed distributions that bring `cv2`; exactly one is right."""
    return tuple(name for name in CV2_PROVIDERS if _version(name) is not None)


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _python() -> Check:
    ok = sys.version_info >= (3, 11)
    remedy = None if ok else "Install Python 3.11 or newer."
    return Check("Python", ok, f"{platform.python_version()} on {platform.platform()}", remedy)


def _package(name: str) -> Check:
    if version := _version(name):
        return Check(name, True, version)
    return Check(name, False, "not installed", "Run: python -m pip install .")


def _cv2_provider() -> Check:
    found = cv2_providers()
    if len(found) == 1:
        return Check("OpenCV", True, f"{found[0]} {_version(found[0])}")
    both = " ".join(found)
    remedy = "Run: python -m pip install --force-reinstall opencv-contrib-python"
    if found:
        remedy = f"Run: python -m pip uninstall -y {both}, then {remedy[5:]}"
    return Check("OpenCV", False, f"provided by {both or 'nothing'}", remedy)


def _system_libraries() -> Check:
    missing = [name for name in SYSTEM_LIBRARIES if not _can_load(name)]
    if not missing:
        return Check("system libraries", True, ", ".join(SYSTEM_LIBRARIES))
    packages = " ".join(SYSTEM_LIBRARIES[name] for name in missing)
    remedy = f"On Debian or Ubuntu: apt-get install {packages}"
    return Check("system libraries", False, f"missing {', '.join(missing)}", remedy)


def _can_load(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _load_mediapipe() -> None:
    package = importlib.import_module("mediapipe")
    # The import alone succeeds where the library behind it cannot be loaded.
    for library in Path(package.__path__[0]).glob("tasks/c/libmediapipe.*"):
        ctypes.CDLL(str(library))


def _loads(name: str, load: Callable[[], object]) -> Check:
    try:
        load()
    except ModuleNotFoundError as e:
        return Check(name, False, str(e), "Run: python -m pip install .")
    except (ImportError, OSError) as e:
        return Check(name, False, str(e), "Install the shared library that is named here.")
    return Check(name, True, "loads")


def _codecs() -> Check:
    try:
        codec = importlib.import_module("av.codec")
    except ImportError as e:
        return Check("video codecs", False, str(e), "Run: python -m pip install av")
    wanted = (("h264", "r"), ("hevc", "r"), ("libx264", "w"))
    missing = [name for name, mode in wanted if not _has_codec(codec.Codec, name, mode)]
    if not missing:
        return Check("video codecs", True, "reads h264 and hevc, writes libx264")
    remedy = "Run: python -m pip install --force-reinstall --only-binary=:all: av"
    return Check("video codecs", False, f"missing {', '.join(missing)}", remedy)


def _has_codec(codec: Callable[[str, str], object], name: str, mode: str) -> bool:
    try:
        codec(name, mode)
    except ValueError:
        return False
    return True


def _cache(folder: Path) -> Check:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as e:
        remedy = f"Make it writable, or set {weights.MODEL_DIR_ENV} to a folder with the model."
        return Check("model cache", False, f"{folder}: {e.strerror}", remedy)
    return Check("model cache", True, str(folder))


def _model(model: str) -> Check:
    try:
        found = weights.locate(model)
    except ModelError as e:
        return Check("pose model", False, e.problem, e.hint)
    if found is None:
        detail = f"{model} is not at {weights.cache_path(model)}"
        return Check("pose model", False, detail, "Run: gait doctor --install")
    return Check("pose model", True, f"{found} (sha256 right)")


def _modes() -> tuple[Check, ...]:
    """What runs the pose model in each mode, and why."""
    standard = Check("pose standard", True, f"mediapipe {_version('mediapipe')}, once a frame")
    try:
        graph = why_this_runtime()
    except ModelError as e:
        install = e.hint.partition(",")[0]
        return (
            Check("pose accurate", True, f"not to be had here. {install}, for it"),
            standard,
            Check(
                "pose fast", True, f"mediapipe, 30 frames a second. {install}, for half the time"
            ),
        )
    except ImportError as e:
        remedy = "Run: python -m pip install --force-reinstall openvino"
        return (
            Check("pose accurate", False, str(e), remedy),
            standard,
            Check("pose fast", False, str(e), remedy),
        )
    return (
        Check("pose accurate", True, f"three looks a frame by {graph}"),
        standard,
        Check("pose fast", True, f"30 frames a second by {graph}"),
    )


def _cores() -> Check:
    return Check("processors", True, f"{os.cpu_count() or 1} cores")
