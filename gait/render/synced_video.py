"""Two videos side by side, phase-synchronised: both always show the same phase of the stride.

The videos run by phase, not by time: of every stride each video shows the frames at the same
percentages from strike to strike. A slower cadence does not let one video fall behind the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from gait.analysis.kinematics.waveforms import ANGLES, PHASE_PCT, Curve
from gait.analysis.results import Analysis, Stride
from gait.render.draw import MUTED, PANEL, Colour, fill, line, text_width, write
from gait.types import SIDES, Float, Side, UInt8, UsageError
from gait.video import Writer, frames, probe

FPS_HZ: Final = 30.0
FRAMES_PER_STRIDE: Final = (30, 60)
"""A stride takes 1 to 2 s to watch: two to three times slower than life."""

MOST_STRIDES: Final = 12
MAX_WIDTH_PX: Final = 1600

BEFORE: Final[Colour] = (200, 203, 208)
AFTER: Final[Colour] = (240, 228, 66)  # yellow of Okabe and Ito, as the colours of the overlay
_GRID: Final[Colour] = (62, 66, 73)


@dataclass(frozen=True, slots=True)
class ComparedVideo:
    """One of the two videos."""

    video: Path
    """As it is to be seen, for example with the overlay drawn in."""
    analysis: Analysis
    """What was found in it."""
    label: str
    """Stands above the picture."""
    curve: Curve | None = None
    """Drawn below the pictures over that of the other video, if both have one."""


def shared_side(before: Analysis, after: Analysis) -> Side:
    """The leg whose strides synchronise both videos: the near one, if it is the same in both.

    UsageError if no leg has a complete stride in both.
    """
    seen = [s for s in SIDES if _strides(before, s) and _strides(after, s)]
    near = before.view.near_side if before.view.near_side == after.view.near_side else None
    if near in seen:
        return near
    if not seen:
        raise UsageError("No leg has a complete stride in both videos.", "Film 10 s or more.")
    return seen[0]


def write_synced(
    before: ComparedVideo,
    after: ComparedVideo,
    out: Path,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write both videos side by side, aligned by the phase of the stride.

    Parameters
    ----------
    before, after : ComparedVideo
        Left and right picture.
    out : Path
        MP4 file to write.
    progress : callable, optional
        Called with (frames done, frames in all).

    Raises
    ------
    UsageError, VideoError
        If a video cannot be read or has no complete stride of a leg that the other has, too.
    OutputError
        If the video cannot be written.
    """
    side = shared_side(before.analysis, after.analysis)
    strides = [_strides(one.analysis, side)[:MOST_STRIDES] for one in (before, after)]
    n = min(map(len, strides))
    phase = _phases(before.analysis, after.analysis, strides)
    videos = [
        _at(one.video, one.analysis.view.time_scale * _times(of[:n], phase))
        for one, of in zip((before, after), strides, strict=True)
    ]
    sheet = _Sheet.of(before, after, side)
    with Writer(out, sheet.width, sheet.height, FPS_HZ) as writer:
        for done, pictures in enumerate(zip(*videos, strict=True)):
            canvas = sheet.draw(pictures, float(phase[done % len(phase)]))
            yuv = np.asarray(cv2.cvtColor(canvas, cv2.COLOR_RGB2YUV_I420), np.uint8)
            writer.write(yuv, done / FPS_HZ)
            if progress is not None:
                progress(done + 1, n * len(phase))


def _strides(analysis: Analysis, side: Side) -> tuple[Stride, ...]:
    """The longest run of strides of a leg without a gap."""
    own = sorted((s for s in analysis.strides if s.side == side), key=lambda s: s.strike_s)
    runs: list[list[Stride]] = [[]]
    for stride in own:
        if runs[-1] and stride.strike_s != runs[-1][-1].next_strike_s:
            runs.append([])
        runs[-1].append(stride)
    return tuple(sorted(runs, key=len)[-1])


def _phases(one: Analysis, other: Analysis, strides: Sequence[Sequence[Stride]]) -> Float:
    """(m,) shares of the stride at which pictures are shown; no more than the slower video has."""
    stride_s = float(np.mean([s.next_strike_s - s.strike_s for of in strides for s in of]))
    least, most = FRAMES_PER_STRIDE
    seen = round(stride_s * min(one.view.fps_hz, other.view.fps_hz))
    m = min(max(seen, least), most)
    return np.arange(m) / m


def _times(strides: Sequence[Stride], phase: Float) -> Float:
    """(n * m,) s: every phase of every stride."""
    times = [s.strike_s + phase * (s.next_strike_s - s.strike_s) for s in strides]
    return np.concatenate(times)


def _at(video: Path, times_s: Float) -> Iterator[UInt8]:
    """The picture nearest to each of these times, which must not decrease."""
    step_s = 1 / max(probe(video).fps_hz, 1.0)
    source = frames(video, float(times_s[0]) - 2 * step_s)
    shown = coming = next(source)
    for time_s in times_s:
        while coming.time_s < time_s:
            shown, following = coming, next(source, None)
            if following is None:
                break
            coming = following
        nearer = abs(coming.time_s - time_s) <= abs(shown.time_s - time_s)
        yield (coming if nearer else shown).image


@dataclass(frozen=True, slots=True, eq=False)
class _Sheet:
    """What every picture of the video has in common; lengths in px, `sizes` (width, height)."""

    sizes: tuple[tuple[int, int], tuple[int, int]]
    head: UInt8
    panel: UInt8
    plot: tuple[float, float]
    em: float

    @classmethod
    def of(cls, before: ComparedVideo, after: ComparedVideo, side: Side) -> _Sheet:
        infos = [probe(one.video) for one in (before, after)]
        height = min(info.height for info in infos)
        widths = [info.width * height / info.height for info in infos]
        shrink = min(1.0, MAX_WIDTH_PX / sum(widths))
        tall = round(height * shrink) // 2 * 2
        first, second = (max(2, round(w * shrink) // 2 * 2) for w in widths)
        em = max(12.0, (first + second) / 72)
        head = np.full((round(1.1 * em) * 2, first + second, 3), PANEL, np.uint8)
        for one, left, ink in ((before, 0, BEFORE), (after, first, AFTER)):
            write(head, one.label, (left + 0.7 * em, 1.5 * em), ink, em, bold=True)
        panel, plot = _panel(first + second, before, after, side, em)
        return cls(((first, tall), (second, tall)), head, panel, plot, em)

    @property
    def width(self) -> int:
        return int(self.panel.shape[1])

    @property
    def height(self) -> int:
        return int(self.head.shape[0]) + self.sizes[0][1] + int(self.panel.shape[0])

    def draw(self, pictures: Sequence[UInt8], phase: float) -> UInt8:
        """One picture of the video; phase from 0 to 1."""
        sized = [
            cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
            for picture, size in zip(pictures, self.sizes, strict=True)
        ]
        panel = self.panel.copy()
        left, right = self.plot
        x = left + phase * (right - left)
        line(panel, (x, 0.9 * self.em), (x, panel.shape[0] - 0.4 * self.em), (242, 242, 242), 2)
        return np.concatenate([self.head, np.concatenate(sized, axis=1), panel])


def _panel(
    width: int, before: ComparedVideo, after: ComparedVideo, side: Side, em: float
) -> tuple[UInt8, tuple[float, float]]:
    """What stands below the pictures, and where 0 and 100 % of the stride are in it."""
    curves = []
    if before.curve is not None and after.curve is not None:
        curves = [(before.curve, BEFORE), (after.curve, AFTER)]
    tall = 9.0 if curves else 3.0
    panel = np.full((round(tall * em / 2) * 2, width, 3), PANEL, np.uint8)
    titles = [f"{ANGLES[curves[0][0].angle].name}, {side}"] if curves else []
    texts = [*titles, "Foot on the ground"]
    left, right = max(text_width(t, 0.85 * em) for t in texts) + 3.2 * em, width - 0.7 * em
    if curves:
        write(panel, titles[0], (0.7 * em, 2.0 * em), MUTED, 0.85 * em)
        _draw_curves(panel, curves, (left, right), (1.0 * em, 6.2 * em), em)
    top = (tall - 2.1) * em
    write(panel, texts[-1], (0.7 * em, top + 0.9 * em), MUTED, 0.85 * em)
    for row, (one, ink) in enumerate(((before, BEFORE), (after, AFTER))):
        share = _contact_share(one.analysis, side)
        y = round(top + 0.85 * row * em)
        strip = panel[y : y + round(0.6 * em), round(left) : round(right)]
        fill(strip, 0, strip.shape[1], _GRID)
        fill(strip, 0, round(share * strip.shape[1]), ink)
    return panel, (left, right)


def _draw_curves(
    panel: UInt8,
    curves: Sequence[tuple[Curve, Colour]],
    across: tuple[float, float],
    down: tuple[float, float],
    em: float,
) -> None:
    """The mean curves over each other, with lines and numbers at round angles."""
    values = np.concatenate([c.mean_deg for c, _ in curves])
    low, high = float(values.min()), float(values.max())
    span = max(high - low, 10.0)

    def point(phase: float, degrees: float) -> tuple[float, float]:
        x = across[0] + phase / 100 * (across[1] - across[0])
        return x, down[1] - (degrees - low) / span * (down[1] - down[0])

    step = 30 if span > 60 else 10
    for degrees in range(int(np.ceil(low / step)) * step, int(high) + 1, step):
        line(panel, point(0, degrees), point(100, degrees), _GRID, 1)
        label, (x, y) = f"{degrees}°", point(0, degrees)
        write(panel, label, (x - text_width(label, 0.7 * em) - 4, y + 4), MUTED, 0.7 * em)
    for curve, ink in curves:
        points = [point(p, d) for p, d in zip(PHASE_PCT, curve.mean_deg, strict=True)]
        for start, end in pairwise(points):
            line(panel, start, end, ink, 0.14 * em)


def _contact_share(analysis: Analysis, side: Side) -> float:
    own = [s for s in analysis.strides if s.side == side]
    return float(np.mean([(s.off_s - s.strike_s) / (s.next_strike_s - s.strike_s) for s in own]))
