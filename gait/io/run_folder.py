"""The run folder: everything one analysed video leaves on disk, written whole or not at all."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Final

from gait.analysis.results import Analysis
from gait.io import ours, read_key, read_npz, write_npz
from gait.io.analysis_file import ANALYSIS, read_analysis
from gait.io.npz import read_filmed_at
from gait.io.ours import PEOPLE_MARK, REPORTS, require_ours
from gait.io.tables import stride_table
from gait.io.writing import alone_in, explained, private_folder
from gait.sanitize.files import patiently, read_json, real, sha256
from gait.sanitize.text import folder_name, is_unfinished, readable
from gait.types import OutputError, PoseTrack, TrackError, UsageError, VideoInfo

_log = logging.getLogger(__name__)

RUNS: Final = Path("gait_runs")
"""Where run folders are made when no folder is named, below the current one."""

_PATIENCE_S: Final = 3.0
"""An export or a report is done in that time, an analysis of a video hardly."""


@dataclass(frozen=True, slots=True)
class RunFolder:
    """One video's results; the only reader and writer of these files.

    `analysis.json` is written last, so a folder that holds one is complete but for its overlay.
    """

    path: Path
    """The folder; it need not exist yet."""

    @property
    def analysis(self) -> Path:
        """The Analysis as JSON."""
        return self.path / ANALYSIS

    @property
    def pose(self) -> Path:
        """The raw track and the key it was made with."""
        return self.path / "pose.npz"

    @property
    def strides(self) -> Path:
        """The tidy table of measurements with the times of their stride."""
        return self.path / "strides.parquet"

    @property
    def overlay(self) -> Path:
        """The video with skeleton and events drawn in."""
        return self.path / "overlay.mp4"

    @property
    def drawn(self) -> Path | None:
        """The overlay, if there is one and it is ours: no other video is shown in its place."""
        return self.overlay if ours.is_ours(self.overlay, _digest) else None

    @property
    def report(self) -> Path:
        """The report with everything in it, for a browser."""
        return self.path / "report.html"

    @property
    def reports(self) -> tuple[Path, ...]:
        """Reports that were written of the analysis, for whatever reader."""
        return tuple(p for name in sorted(REPORTS) if ours.is_ours(p := self.path / name))

    @property
    def people(self) -> Path:
        """Everybody in the video, numbered; only if there are several people."""
        return self.path / "people.png"

    @property
    def video(self) -> Path | None:
        """The video itself, if it is kept with the results: not any that is called like it."""
        found = (p for name in ("video.*", "film.*") for p in self.path.glob(name))  # before 0.2
        kept = [p for p in found if p.is_file() and not p.is_symlink()]
        if not kept:
            return None
        try:
            analysed = read_json(self.analysis)["video"]["sha256"]
            return next((p for p in kept if _digest(p) == analysed), None)
        except (UsageError, OSError, ValueError, LookupError, TypeError):
            return None

    @property
    def results(self) -> tuple[Path, ...]:
        """All that an analysis and its reports may be written to; the analysis comes first."""
        fixed = (self.analysis, self.pose, self.strides, self.overlay, self.people)
        return (*fixed, *(self.path / name for name in REPORTS))

    @property
    def notes(self) -> Path:
        """What a clinician left with the run."""
        return self.path / "notes.json"

    @property
    def goals(self) -> Path:
        """Goals that start from the run."""
        return self.path / "goals.json"

    @property
    def filmed(self) -> datetime:
        """When the video was filmed, in local time, as it says itself; else when it was first
        analysed, which later settings do not change."""
        kept = self.pose if self.pose.exists() else self.analysis
        seen = kept.stat()
        told = _filmed_at(kept, seen.st_mtime_ns, seen.st_size)
        return told or datetime.fromtimestamp(seen.st_mtime)

    def claim(self, *inputs: Path) -> None:
        """Refuse to write where that would replace a file which gaitlens did not make.

        A folder is known as a run by what is in it: an analysis, a track or a picture of people
        that we wrote. Elsewhere the names of our files may belong to somebody else.

        `inputs` are files that are read meanwhile; none of them may be one that is written.

        Raises
        ------
        OutputError
            If a file would be lost. Nothing was changed.
        """
        where = str(self.path.absolute())
        if readable(where) != where:
            raise OutputError(
                f"{where} is not text in UTF-8, which videos cannot be written to.",
                "Choose another folder with --out DIR.",
            )
        written = {real(path) for path in self.results}
        for given in inputs:
            if real(given) in written:
                raise OutputError(
                    f"{given} would be overwritten by the results.",
                    "Choose another folder with --out DIR.",
                )
        with explained(self.path):
            taken = [path for path in self.results if os.path.lexists(path)]
        ours.require_record(self.path)
        if self.is_ours():  # reports of somebody else stay where they are
            taken = [p for p in taken if p.name not in REPORTS and not ours.is_ours(p)]
        if taken:
            raise OutputError(
                f"{self.path} holds {taken[0].name}, which {ours.what_is_wrong(taken[0])}.",
                "Choose another folder with --out DIR, or move that file away.",
            )

    def require_run_of(self, video: VideoInfo) -> None:
        """OutputError if the folder holds the run of another video, with its goals and notes.

        One of the same name may have been exported again.
        """
        try:
            held = read_json(self.analysis)["video"]
            name, same = str(held["name"]), held["sha256"] == video.sha256
        except (UsageError, ValueError, LookupError, TypeError):
            return
        if not same and Path(name).stem != Path(video.name).stem:
            raise OutputError(
                f"{self.path} holds the run of {name}.",
                "Choose another folder with --out DIR, or delete that run first.",
            )

    def is_ours(self) -> bool:
        """Whether the folder holds an analysis, a track or a picture of people that we wrote."""
        if PEOPLE_MARK in ours.head(self.people) or self.track_key() is not None:
            return True
        try:
            document = read_json(self.analysis)
        except (UsageError, ValueError):
            return False
        return isinstance(document, dict) and {"schema_version", "summaries"} <= document.keys()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Make the folder, keep other writers out, and take it away again if it stays empty.

        What a killed writer left half-written goes first.

        Raises
        ------
        OutputError
            If the folder cannot be made or written, or somebody else writes there.
        """
        made: tuple[Path, ...] = ()
        # Two writers would leave the analysis of one beside the track of the other.
        busy = OutputError(
            f"Another command is writing in {self.path}.",
            "Wait until it is done, or choose another folder with --out DIR.",
        )
        try:
            with explained(self.path):
                made = private_folder(self.path)
                with TemporaryFile(dir=self.path):
                    pass
            with alone_in(self.path, _PATIENCE_S, busy):
                self.sweep()
                yield
        finally:
            for folder in made:
                with suppress(OSError):
                    folder.rmdir()

    @contextmanager
    def replacing(self, target: Path) -> Iterator[Path]:
        """A temporary file that takes the place of `target` only when the block succeeds.

        What was written is noted as ours (`gait.io.ours`).

        Parameters
        ----------
        target : Path
            A file of this folder.

        Yields
        ------
        Path
            Where to write; same folder and suffix as `target`.

        Raises
        ------
        OutputError
            If the file cannot be written (no permission, disk full).
        """
        with ours.replacing(target) as (temporary,):
            yield temporary

    def sweep(self) -> None:
        """Remove what a killed process left half-written; only if nobody else writes here."""
        with explained(self.path):
            for left in self.path.glob(".*"):
                if is_unfinished(left.name) and left.is_file():
                    patiently(left.unlink, True)
        ours.settle(self.path)

    def save_track(self, track: PoseTrack, key: str, filmed_at: datetime | None = None) -> None:
        """Keep a raw track; results of another one that are still in the folder are removed.

        Parameters
        ----------
        track : PoseTrack
            What to keep.
        key : str
            Of what it was made from.
        filmed_at : datetime, optional
            When the video was filmed, if it says that.

        Raises
        ------
        OutputError
            If the file cannot be written.
        """
        with self.replacing(self.pose) as temporary:
            write_npz(temporary, track, key, filmed_at)
            ours.drop(self.analysis, self.strides, self.overlay, self.people, *self.reports)

    def load_track(self, key: str | None = None) -> PoseTrack | None:
        """The kept track, or None if there is none, it is damaged, or it has another key."""
        try:
            track, kept = read_npz(self.pose)
        except FileNotFoundError:
            return None
        except TrackError as e:
            _log.warning("%s is damaged and will be made again (%s).", self.pose, e.__cause__)
            return None
        return track if key in (None, kept) else None

    def track_key(self) -> str | None:
        """The key of the kept track, read without the track; None if there is none to read."""
        try:
            return read_key(self.pose)
        except (FileNotFoundError, TrackError):
            return None

    def save_files(self, files: Mapping[str, bytes]) -> None:
        """Take over a run folder that was made elsewhere; OutputError if impossible."""
        analysis = Analysis.model_validate_json(files[self.analysis.name])
        shown = self._shown()
        self.claim()
        require_ours(*(self.path / name for name in files if name in REPORTS))
        with self.writing():
            ours.drop(self.analysis)  # until all that belongs to the new one is here
            self._remove_stale(analysis, shown)
            # The track first: by it the folder is known as ours, whatever ends this process when.
            ranks = {self.pose.name: 0, self.analysis.name: 2}
            for name in sorted(files, key=lambda name: ranks.get(name, 1)):
                with self.replacing(self.path / name) as temporary:
                    temporary.write_bytes(files[name])

    def save_analysis(self, analysis: Analysis) -> None:
        """Write the analysis and its table of strides; OutputError if impossible.

        Reports from before are removed, and an overlay if it shows anything of another analysis;
        a picture of people as well if faces are to be hidden.
        """
        import pyarrow.parquet as pq

        shown = self._shown()
        with ours.replacing(self.strides, self.analysis) as (table, document):
            pq.write_table(stride_table(analysis), table.absolute())  # "a:/b" is an address to it
            document.write_text(
                analysis.model_dump_json(indent=2) + "\n", encoding="utf-8", newline="\n"
            )
            self._remove_stale(analysis, shown)

    def _shown(self) -> tuple[Any, ...] | None:
        """Everything that is to be seen in the overlay of the analysis that is kept."""
        try:
            return _drawn(read_analysis(self.path))
        except UsageError:
            return None

    def _remove_stale(self, analysis: Analysis, shown: tuple[Any, ...] | None) -> None:
        """Remove what tells of an earlier analysis, and faces that are to be hidden."""
        stale = [*self.reports]
        stale += [] if shown == _drawn(analysis) else [self.overlay]
        stale += [self.people] if analysis.settings.blur_face else []
        ours.drop(*stale)


def _digest(path: Path) -> str:
    found = path.stat()
    return _kept_digest(path, found.st_size, found.st_mtime_ns)


@lru_cache(maxsize=64)
def _kept_digest(path: Path, size: int, changed_ns: int) -> str:
    """SHA-256 of a file, computed once as long as it does not change."""
    return sha256(path)


def _drawn(analysis: Analysis) -> tuple[Any, ...]:
    """Everything that is to be seen in an overlay."""
    view, settings = analysis.view, analysis.settings
    cadence = analysis.summary("cadence")
    return (
        analysis.events,
        None if cadence is None else (cadence.value, cadence.ci95),  # not what is typical of it
        (view.plane, view.near_side, view.time_scale),
        (settings.blur_face, settings.cutoff_hz),
    )


def runs(base: Path) -> tuple[RunFolder, ...]:
    """The finished run folders directly below `base`, latest first; none if there is no folder."""
    finished = (RunFolder(path.parent) for path in base.glob(f"*/{ANALYSIS}"))
    dated = []
    for run in finished:
        if not run.path.name.startswith("."):
            with suppress(FileNotFoundError):  # deleted in this moment
                dated.append((run.filmed, run))
    return tuple(run for _, run in sorted(dated, key=lambda entry: entry[0], reverse=True))


@lru_cache(maxsize=4096)
def _filmed_at(track: Path, changed_ns: int, size: int) -> datetime | None:
    """When the video of a kept track was filmed, in local time; None if it does not say."""
    told = read_filmed_at(track)
    return None if told is None else told.astimezone().replace(tzinfo=None)


def place(base: Path, video: VideoInfo) -> Path:
    """The run folder of a video below `base`.

    It is named after the video, so that a second run finds the first; a different video of the same
    name (from another folder, or with another extension) gets a part of its hash added.

    ``base/stem`` or ``base/stem-hash``; nothing is created.
    """
    folder = base / folder_name(Path(video.name).stem)
    try:
        held = read_json(folder / ANALYSIS)["video"]
        same = (held["name"], held["sha256"]) == (video.name, video.sha256)
    except (UsageError, ValueError, LookupError, TypeError):
        same = True
    return folder if same else folder.with_name(f"{folder.name}-{video.sha256[:8]}")


def place_together(base: Path, videos: Sequence[Path]) -> Path:
    """The run folder below `base` of merged views: named after all of them."""
    return base / folder_name("+".join(dict.fromkeys(video.stem for video in videos)))
