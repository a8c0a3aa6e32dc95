"""Runners on force plates: joints of motion capture through a camera, contacts as they were felt.

The format is described in ``docs/validation-format.md``: ``NAME_events.csv`` and
``NAME_joints.csv.gz`` of every trial, NAME being ``RUNNER_run_SPEEDms``.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, Literal, Self, TypeAlias

import numpy as np

from gait.analysis.events import to_strides
from gait.analysis.kinematics.uncertainty import MIN_STRIDES
from gait.analysis.results import Event
from gait.sanitize.files import KEYPOINT_BYTES, read_bytes
from gait.sanitize.text import csv_delimiter
from gait.settings import Settings
from gait.skeleton import LEG
from gait.types import (
    SIDES,
    DerivedSignals,
    Float,
    PelvicRoll,
    PoseTrack,
    Side,
    UsageError,
)

EVENTS: Final = "_events.csv"
JOINTS: Final = "_joints.csv.gz"
_TRIAL: Final = re.compile(r"(?P<runner>\w+)_run_(?P<speed>\d+(\.\d+)?)ms")
_MARKERS: Final[Mapping[str, str]] = {
    "hip": "HIP",
    "knee": "KNEE",
    "ankle": "ANKLE",
    "heel": "HEEL",
    "foot_index": "TOE",
}
_PELVIS: Final = ("ASIS", "PSIS")
_FORMAT: Final = "See docs/validation-format.md."
_MOST_BYTES: Final = 256 << 20
"""Of a table when unpacked; ten minutes of markers are a tenth."""

PX_PER_MM: Final = 0.25
"""A leg of 200 px, as in the rendered videos."""

MARGIN_PX: Final = 150
"""Around all joints: head and arms, which are not there, have room."""

LEG_MM: Final = (500.0, 1300.0)
"""Thigh plus shank of people."""

SLOWEST_HZ: Final = 20.0
FASTEST_HZ: Final = 10_000.0
"""`SLOWEST_HZ` and `FASTEST_HZ`: of motion capture; outside them times are in another unit."""

LONGEST_CONTACT_S: Final = 1.5
"""Of walking people; runners stay for a third of it at most."""

Camera: TypeAlias = Literal["side", "rear"]
Table: TypeAlias = Mapping[str, Float]


@dataclass(frozen=True)
class PlateTrial:
    """One runner at one speed."""

    path: Path
    """``NAME_events.csv``; the joints lie beside it."""
    runner: str
    """Whose trial; several speeds of one runner are not independent."""
    speed_mps: float
    """Of the belt."""

    @classmethod
    def of(cls, path: Path) -> Self:
        """The trial of a table of events; UsageError if its name tells no runner and speed."""
        name = path.name.removesuffix(EVENTS)
        found = _TRIAL.fullmatch(name)
        if found is None:
            raise UsageError(
                f"{path} does not tell runner and speed.", f"Call it A_run_3.0ms{EVENTS}. {_FORMAT}"
            )
        if not path.with_name(f"{name}{JOINTS}").is_file():
            raise UsageError(f"{path} has no {name}{JOINTS} beside it.", f"Add it. {_FORMAT}")
        return cls(path, found["runner"], float(found["speed"]))

    @property
    def name(self) -> str:
        """Runner and speed, as the files are called."""
        return self.path.name.removesuffix(EVENTS)

    @property
    def settings(self) -> Settings:
        """What a user would tell the program."""
        return Settings(speed_mps=self.speed_mps)

    @cached_property
    def joints(self) -> Table:
        """Columns of the table of joints: seconds, and mm forward, up and to the runner's right."""
        path = self.path.with_name(f"{self.name}{JOINTS}")
        points = (*_MARKERS.values(), *_PELVIS)
        needed = ["time_s", *(f"{s}_{point}_{a}" for s in "LR" for point in points for a in "xyz")]
        table = {name: _numbers(path, name, cells) for name, cells in _read(path, needed).items()}
        if len(table["time_s"]) < 2 or not (np.diff(table["time_s"]) > 0).all():
            raise UsageError(f"{path}: time_s does not rise from row to row.", _FORMAT)
        if empty := [name for name in needed if not np.isfinite(table[name]).any()]:
            raise UsageError(f"{path}: {empty[0]} holds no number.", _FORMAT)
        joints = {name: _bridged(table["time_s"], values) for name, values in table.items()}
        if problem := _unlike_a_runner(joints):
            raise UsageError(f"{path}: {problem}.", _FORMAT)
        return joints

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """Contacts that the plates felt while joints were recorded, in order of time.

        0 s is the first row of the joints.
        """
        columns = {"strike": "foot_strike_s", "off": "toe_off_s"}
        table = _read(self.path, ["side", *columns.values()])
        sides: Mapping[str, Side] = {"L": "left", "R": "right"}
        if unknown := set(table["side"]) - sides.keys():
            raise UsageError(
                f"{self.path}: side is {sorted(unknown)[0] or 'empty'}, not L or R.", _FORMAT
            )
        times = {c: _numbers(self.path, c, table[c]) for c in columns.values()}
        lasting_s = times["toe_off_s"] - times["foot_strike_s"]
        for line, s in enumerate(lasting_s, 2):
            if not (np.isnan(s) or 0 < s < LONGEST_CONTACT_S):
                raise UsageError(f"{self.path}, line {line}: a contact of {s:.3g} s.", _FORMAT)
        began_s = float(self.joints["time_s"][0])
        found = (
            Event(kind=kind, side=sides[side], time_s=float(t) - began_s, sd_s=0)  # type: ignore[arg-type]
            for kind, column in columns.items()
            for side, t in zip(table["side"], times[column], strict=True)
            if 0 <= t - began_s <= self.duration_s
        )
        events = tuple(sorted(found, key=lambda e: e.time_s))
        if problem := _unlike_contacts(events, self.joints):
            raise UsageError(f"{self.path}: {problem}.", _FORMAT)
        return events

    @property
    def cadence(self) -> float:
        """Of the whole trial, as the plates felt it, in steps/min."""
        strides = to_strides(self.events)
        return 120 / float(np.mean([s.next_strike_s - s.strike_s for s in strides]))

    @cached_property
    def leg_m(self) -> float:
        """Thigh plus shank from joint to joint in m: medians over the trial, mean of both legs."""
        return _leg_mm(self.joints) / 1000

    @property
    def duration_s(self) -> float:
        """Of the recording."""
        return float(self.joints["time_s"][-1] - self.joints["time_s"][0])

    @cached_property
    def recorded_hz(self) -> float:
        """Frame rate of the motion capture."""
        return float(1 / np.median(np.diff(self.joints["time_s"])))

    def filmed(
        self,
        camera: Camera,
        fps_hz: float,
        noise_mm: float = 0.0,
        seed: int = 0,
        *,
        level: bool = False,
    ) -> PoseTrack:
        """The joints as a distant, level camera would see them.

        Parameters
        ----------
        camera : {"side", "rear"}
            From the runner's right or from behind.
        fps_hz : float
            Frame rate of the camera.
        noise_mm : float
            SD of white noise on every coordinate.
        seed : int
            Of the noise.
        level : bool
            Whether it is known what is level, as a laboratory knows it: a video takes the mean of
            the pelvis for it.

        Returns
        -------
        PoseTrack
            Hips, knees, ankles, heels and toes; times from 0. From behind also the roll of the
            line through the middles of the ASIS and PSIS of both sides.
        """
        recorded_s = self.joints["time_s"]
        time = np.arange(recorded_s[0], recorded_s[-1], 1 / fps_hz)
        noise = np.random.default_rng(seed)

        def seen(side: Side, marker: str) -> Float:
            axes = (("x" if camera == "side" else "z", 1), ("y", -1))
            column = f"{side[0].upper()}_{marker}"
            return np.stack(
                [s * np.interp(time, recorded_s, self.joints[f"{column}_{a}"]) for a, s in axes],
                axis=1,
            )

        points = {f"{side}_{p}": seen(side, _MARKERS[p]) for side in SIDES for p in LEG}
        mm = np.stack(list(points.values()), axis=1)
        xy = PX_PER_MM * (mm + noise_mm * noise.normal(size=mm.shape))
        corner = np.floor(np.nanmin(xy, axis=(0, 1))) - MARGIN_PX
        width, height = np.ceil(np.nanmax(xy, axis=(0, 1)) - corner + MARGIN_PX)
        derived: DerivedSignals[Float] = DerivedSignals()
        if camera == "rear":
            left, right = (np.add(*(seen(side, m) for m in _PELVIS)) for side in SIDES)
            x, y = (right - left).T
            nothing = np.zeros(len(time))
            derived = DerivedSignals(
                pelvic_roll=PelvicRoll(
                    pelvic_roll_deg=np.degrees(np.arctan2(y, x)),
                    pelvic_roll_sd_deg=nothing,
                    pelvic_roll_absolute=nothing + level,
                )
            )
        return PoseTrack(
            time=time - time[0],
            xy=xy - corner,
            score=np.ones(xy.shape[:2]),
            names=tuple(points),
            size=(int(width), int(height)),
            derived=derived,
        )


def plate_trials(folder: Path) -> tuple[PlateTrial, ...]:
    """All trials on force plates under a folder, in order of path; empty if there is none.

    Raises
    ------
    UsageError
        If a table has no partner or a name that does not tell runner and speed.
    """
    return tuple(PlateTrial.of(path) for path in sorted(folder.rglob(f"[!.]*{EVENTS}")))


def _unlike_a_runner(joints: Table) -> str | None:
    """Why these are not joints of a runner in s and mm on the axes that are asked for."""
    interval_s, leg_mm = float(np.median(np.diff(joints["time_s"]))), _leg_mm(joints)
    if not 1 / FASTEST_HZ <= interval_s <= 1 / SLOWEST_HZ:
        return f"rows are {interval_s:.3g} s apart; time_s is in seconds"
    if not LEG_MM[0] <= leg_mm <= LEG_MM[1]:
        return f"thigh and shank are {leg_mm:.3g} long; joints are in mm"

    def middle(side: str, point: str, axis: str) -> float:
        return float(np.median(joints[f"{side}_{point}_{axis}"]))

    if any(middle(s, "HIP", "y") - middle(s, "ANKLE", "y") < leg_mm / 2 for s in "LR"):
        return "the hips are not above the ankles; y points up"
    if any(middle(s, "TOE", "x") <= middle(s, "HEEL", "x") for s in "LR"):
        return "the toes are not ahead of the heels; x points forward"
    if middle("R", "HIP", "z") <= middle("L", "HIP", "z"):
        return "the right hip is to the left of the left one; z points to the runner's right"
    return None


def _unlike_contacts(events: tuple[Event, ...], joints: Table) -> str | None:
    """Why these are not the contacts of the feet that the joints show."""
    if len({(e.kind, e.side, e.time_s) for e in events}) < len(events):
        return "a contact is there twice"
    strides, time_s = to_strides(events), joints["time_s"] - joints["time_s"][0]
    if min(len(strides.of(side)) for side in SIDES) < MIN_STRIDES:  # one without the other is none
        return (
            f"fewer than {MIN_STRIDES} strides of each foot while joints were recorded: contacts "
            "are missing, or the tables have different clocks"
        )
    for side in SIDES:
        own = strides.of(side)
        ankle = joints[f"{side[0].upper()}_ANKLE_y"]
        standing, swinging = (
            np.median(np.interp((start + stop) / 2, time_s, ankle))
            for start, stop in ((own.strike_s, own.off_s), (own.off_s, own.next_strike_s))
        )
        if standing >= swinging:
            return (
                f"the {side} foot is higher in its contacts than between them: left and right are "
                "exchanged, or the tables have different clocks"
            )
    return None


def _leg_mm(joints: Table) -> float:
    """Thigh plus shank from joint to joint: medians over the trial, mean of both legs."""

    def between(side: str, upper: str, lower: str) -> float:
        mm = [joints[f"{side}_{upper}_{a}"] - joints[f"{side}_{lower}_{a}"] for a in "xyz"]
        return float(np.median(np.linalg.norm(mm, axis=0)))

    legs = [between(s, "HIP", "KNEE") + between(s, "KNEE", "ANKLE") for s in "LR"]
    return sum(legs) / 2


def _read(path: Path, needed: list[str]) -> dict[str, list[str]]:
    """Columns of a table as text; UsageError if it cannot be read or one of those is missing."""
    try:
        data = read_bytes(path, KEYPOINT_BYTES)
        if path.suffix == ".gz":
            with gzip.open(io.BytesIO(data)) as packed:
                data = packed.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            raise UsageError(f"{path} unpacks to more than {_MOST_BYTES >> 20} MB.", _FORMAT)
        text = data.decode("utf-8-sig")
        delimiter = csv_delimiter(text)
        head, *rows = list(csv.reader(text.splitlines(), delimiter=delimiter)) or [[]]
    except (OSError, EOFError, ValueError, zlib.error, csv.Error) as e:
        raise UsageError(f"{path} cannot be read: {e}.", _FORMAT) from e
    if missing := [name for name in needed if name not in head]:
        raise UsageError(f"{path} lacks the column {missing[0]}.", _FORMAT)
    uneven = next((i for i, row in enumerate(rows, 2) if len(row) != len(head)), None)
    if uneven is not None:
        raise UsageError(f"{path}: line {uneven} is not as long as the first.", _FORMAT)
    columns = dict(zip(head, zip(*rows, strict=True), strict=True)) if rows else {}
    decimal = "," if delimiter == ";" else "."
    return {name: [c.replace(decimal, ".") for c in columns.get(name, ())] for name in needed}


def _numbers(path: Path, name: str, cells: list[str]) -> Float:
    """A column as numbers, NaN for empty cells."""
    try:
        return np.array([float(cell) if cell.strip() else np.nan for cell in cells])
    except ValueError as e:
        raise UsageError(f"{path}: {name} is no number ({e}).", _FORMAT) from e


def _bridged(time_s: Float, values: Float) -> Float:
    """A marker that was lost for some frames, interpolated."""
    known = np.isfinite(values)
    return np.interp(time_s, time_s[known], values[known])


def runners(trials: tuple[PlateTrial, ...]) -> Iterator[str]:
    """Each runner once, in order."""
    yield from dict.fromkeys(trial.runner for trial in trials)
