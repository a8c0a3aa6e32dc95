"""The video with what was measured drawn on it: skeleton, ground contacts, cadence.

Left and right are the sky blue and orange of Okabe and Ito, which people with any colour vision
tell apart (https://jfly.uni-koeln.de/color/). The read-out stands below the picture, not on it:
the feet are what one wants to see.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from gait.analysis.cleaning.stabilize import as_filmed
from gait.analysis.kinematics.pelvic_obliquity import tilt_hips
from gait.analysis.results import Analysis, Event
from gait.render.angle_arcs import draw_angles
from gait.render.draw import (
    MUTED,
    PANEL,
    SHADOW,
    Colour,
    Point,
    badge,
    conceal,
    fill,
    line,
    ring,
    text_width,
    write,
)
from gait.render.skeleton import COLOURS, HEAD_OF_LEG, Points, draw_skeleton, heads, points, shade
from gait.types import SIDES, Float, PoseTrack, Side, UInt8
from gait.video import Writer, decoded_ahead, frames

MAX_SIDE_PX: Final = 960
"""Long side of a written video: enough to judge contacts by eye, and quick to encode."""

LONGEST_WAY_S: Final = 0.04
"""From one frame that the model looked at to the next, with others between them."""
FRAMES_AHEAD: Final = 3
"""Frames decoded before they are needed, and drawn before they are encoded."""

_ROW: Final[Colour] = (50, 54, 60)
_TEXT: Final[Colour] = (242, 242, 242)
_EVENTS: Final = {"strike": "strike", "off": "toe-off"}

_FLASH_S: Final = 0.08
"""Shorter than most flights: a picture of a landing does not name the toe-off before it."""
_STRIP_S: Final = 3.0


def write_overlay(
    video: Path,
    track: PoseTrack,
    analysis: Analysis,
    out: Path,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write the video with the analysis drawn on every frame.

    Frames keep their presentation times. The picture is made smaller where picture and read-out
    together are longer than `MAX_SIDE_PX`; it is never made larger.

    Parameters
    ----------
    video : Path
        The video that was analysed.
    track : PoseTrack
        Its poses.
    analysis : Analysis
        What was found in it.
    out : Path
        MP4 file to write.
    progress : callable, optional
        Called with (frames done, frames in all).

    Raises
    ------
    UsageError, VideoError
        If the video cannot be read.
    OutputError
        If the overlay cannot be written.
    """
    overlay = _Overlay(as_filmed(tilt_hips(track)), analysis, _Layout.fit(*track.size))
    layout = overlay.layout
    total = analysis.video.n_frames if analysis.video else len(track)
    # Three hands: one decodes, this one draws, one encodes.
    with (
        Writer(out, layout.width, layout.height + layout.panel, track.fps_hz) as writer,
        ThreadPoolExecutor(1) as encoder,
    ):
        waiting: deque[Future[None]] = deque()
        pictures = frames(video, size=(layout.width, layout.height))
        for done, frame in enumerate(decoded_ahead(pictures, FRAMES_AHEAD), start=1):
            canvas = overlay.draw(frame.image, frame.time_s)
            # OpenCV converts five times faster than the encoder's own converter.
            yuv = np.asarray(cv2.cvtColor(canvas, cv2.COLOR_RGB2YUV_I420), np.uint8)
            waiting.append(encoder.submit(writer.write, yuv, frame.time_s))
            if len(waiting) > FRAMES_AHEAD:
                waiting.popleft().result()
            if progress is not None:
                progress(done, total)
        for written in waiting:
            written.result()


def draw_frame(
    image: UInt8,
    track: PoseTrack,
    index: int,
    analysis: Analysis,
    angles: Mapping[Side, Mapping[str, float]] | None = None,
) -> UInt8:
    """One frame with the analysis drawn on it.

    Parameters
    ----------
    image : UInt8
        (H, W, 3) RGB upright frame `index` of the video, in any size.
    track : PoseTrack
        Poses of the video.
    index : int
        Frame number in `track`.
    analysis : Analysis
        What was found in the video.
    angles : Mapping, optional
        Degrees by side and id of `gait.analysis.kinematics.waveforms.ANGLES` to draw as well.

    Returns
    -------
    UInt8
        (H + h, W, 3) RGB with the read-out in the h rows below the picture; an odd last column
        or row is cut off. `image` is left as it is.
    """
    layout = _Layout.of(image.shape[1], image.shape[0])
    overlay = _Overlay(as_filmed(tilt_hips(track)), analysis, layout)
    canvas = overlay.draw(image, float(track.time[index]))
    found = {name: at for name, (at, _) in overlay.points(index).items()}
    for side, degrees in (angles or {}).items():
        draw_angles(canvas[: layout.height], found, side, degrees, COLOURS[side], layout.em)
    return canvas


@dataclass(frozen=True, slots=True)
class _Layout:
    """Sizes in px: the picture, the panel below it, and `em`, the height of text."""

    width: int
    height: int
    em: float

    @classmethod
    def of(cls, width: int, height: int) -> _Layout:
        # The narrow side decides, or text would not fit below an upright picture.
        return cls(width // 2 * 2, height // 2 * 2, max(9.0, min(height / 30, width / 28)))

    @classmethod
    def fit(cls, width: int, height: int) -> _Layout:
        layout = cls.of(width, height)
        shrink = MAX_SIDE_PX / max(layout.width, layout.height + layout.panel)
        return layout if shrink >= 1 else cls.of(int(width * shrink), int(height * shrink))

    @property
    def panel(self) -> int:
        return round(2.25 * self.em) * 2


@dataclass(frozen=True)
class _Overlay:
    """Draws the frames of one video in one size. Times are those of the video."""

    track: PoseTrack
    analysis: Analysis
    layout: _Layout

    @cached_property
    def events(self) -> tuple[Event, ...]:
        slow = self.analysis.view.time_scale
        events = (e.model_copy(update={"time_s": e.time_s * slow}) for e in self.analysis.events)
        return tuple(sorted(events, key=lambda e: e.time_s))

    @cached_property
    def contacts(self) -> dict[Side, tuple[tuple[float, float], ...]]:
        return {side: _contacts([e for e in self.events if e.side == side]) for side in SIDES}

    @cached_property
    def head(self) -> Float | None:
        """(T, 2) px of the picture, the head in every frame; None if it is to be seen."""
        found = heads(self.track) if self.analysis.settings.blur_face else None
        return None if found is None else found * self._scale

    def head_at(self, time_s: float) -> tuple[Point, float]:
        """Centre and radius of the head in px of the picture."""
        assert self.head is not None
        index = min(int(np.searchsorted(self.track.time, time_s - 1e-6)), len(self.track) - 1)
        x, y = self.head[index]
        return (float(x), float(y)), HEAD_OF_LEG * self.analysis.view.leg_px * float(self._scale[1])

    @property
    def _scale(self) -> Float:
        return np.array([self.layout.width, self.layout.height]) / self.track.size

    @cached_property
    def _canvas(self) -> UInt8:
        return np.empty((self.layout.height + self.layout.panel, self.layout.width, 3), np.uint8)

    def draw(self, image: UInt8, time_s: float) -> UInt8:
        """The frame with everything on it; the array is used again for the next frame."""
        width, height = self.layout.width, self.layout.height
        canvas = self._canvas
        picture, panel = canvas[:height], canvas[height:]
        if max(image.shape[0] - height, image.shape[1] - width) > 1:
            far_smaller = image.shape[0] >= 2 * height
            how = cv2.INTER_AREA if far_smaller else cv2.INTER_LINEAR
            cv2.resize(image, (width, height), dst=picture, interpolation=how)
        else:
            picture[:] = image[:height, :width]
        if self.head is not None:
            conceal(picture, *self.head_at(time_s))
        found = self.points_at(time_s)
        if found is not None:
            draw_skeleton(picture, found, self.analysis.view.near_side, self.layout.em)
            self._draw_feet(picture, found, time_s)
        self._draw_panel(panel, time_s)
        return canvas

    def points(self, index: int) -> Points:
        """Points to draw, in px of the picture, and whether the model is sure of them."""
        track, layout = self.track, self.layout
        xy = track.xy[index] * self._scale
        return points(xy, track.score[index], track.names, layout.width, layout.height)

    def points_at(self, time_s: float) -> Points | None:
        """The same at a time; on the way between frames that the model looked at in turn."""
        track, layout = self.track, self.layout
        after = int(np.searchsorted(track.time, time_s - 1e-6))
        if after < len(track) and track.time[after] <= time_s + 1e-6:
            return self.points(after)
        if not 0 < after < len(track) or np.ptp(track.time[after - 1 : after + 1]) > LONGEST_WAY_S:
            return None
        before = after - 1
        share = (time_s - track.time[before]) / (track.time[after] - track.time[before])
        xy = (1 - share) * track.xy[before] + share * track.xy[after]
        score = np.minimum(track.score[before], track.score[after])
        return points(xy * self._scale, score, track.names, layout.width, layout.height)

    def _draw_feet(self, picture: UInt8, found: Points, time_s: float) -> None:
        em, flash_s = self.layout.em, _FLASH_S * self.analysis.view.time_scale
        for side in SIDES:
            names = (f"{side}_heel", f"{side}_foot_index", f"{side}_ankle")
            foot = np.array([found[name][0] for name in names if name in found])
            if len(foot) == 0:
                continue
            left, right = foot[:, 0].min() - 0.3 * em, foot[:, 0].max() + 0.3 * em
            ground = foot[:, 1].max() + 0.5 * em
            if any(strike <= time_s < off for strike, off in self.contacts[side]):
                line(picture, (left, ground), (right, ground), SHADOW, 0.44 * em)
                line(picture, (left, ground), (right, ground), COLOURS[side], 0.28 * em)
            for event in self.events:
                age = (time_s - event.time_s) / flash_s
                if event.side == side and 0 <= age < 1:
                    middle = ((left + right) / 2, ground)
                    radius = (right - left) * (0.5 + 0.3 * age)
                    ring(picture, middle, radius, COLOURS[side], 0.2 * em * (1 - age) + 1)
                    text = f"{side[0].upper()} {_EVENTS[event.kind]}"
                    badge(picture, text, (middle[0], ground + 1.4 * em), COLOURS[side], em)

    def _draw_panel(self, panel: UInt8, time_s: float) -> None:
        em, slow = self.layout.em, self.analysis.view.time_scale
        fill(panel, 0, panel.shape[1], PANEL)
        margin, baseline = 0.7 * em, 1.45 * em
        x = margin
        cadence = self.analysis.summary("cadence")
        if cadence and cadence.value is not None:
            half = "" if cadence.half is None else f" ± {cadence.half:.1f}"
            x = write(panel, "Cadence ", (x, baseline), MUTED, em)
            x = write(panel, f"{cadence.value:.1f}{half}", (x, baseline), _TEXT, em, bold=True)
            x = write(panel, " steps/min", (x, baseline), MUTED, em) + 1.2 * em
        known = self.analysis.view.time_base != "unknown"
        text = f"{time_s / slow:.2f} s" if known else f"{time_s:.2f} s of video"
        x = write(panel, text, (x, baseline), _TEXT, em, bold=True)
        view = f"{self.analysis.view.plane} view"
        right = panel.shape[1] - margin - text_width(view, em)
        if right > x:
            write(panel, view, (right, baseline), MUTED, em)
        small = 0.85 * em
        start = margin + max(text_width(f"{s} on ground", small) for s in "LR") + 0.6 * em
        for side, top in zip(SIDES, (1.95 * em, 3.1 * em), strict=True):
            label = f"{side[0].upper()} on ground"
            write(panel, label, (margin, top + 0.78 * em), COLOURS[side], small)
            strip = panel[round(top) : round(top + 0.9 * em), round(start) : round(-margin)]
            if strip.size:
                self._draw_strip(strip, side, time_s)

    def _draw_strip(self, strip: UInt8, side: Side, time_s: float) -> None:
        first_s, last_s = float(self.track.time[0]), float(self.track.time[-1])
        shown_s = max(min(_STRIP_S * self.analysis.view.time_scale, last_s - first_s), 1e-3)
        # The cursor runs to 80 % of the strip, then the strip moves below it, then it runs out.
        begin_s = max(first_s, min(time_s - 0.8 * shown_s, last_s - shown_s))
        width = strip.shape[1]

        def column(at_s: float) -> int:
            return int(min(max((at_s - begin_s) / shown_s, 0.0), 1.0) * width)

        now = min(column(time_s), width - 1)
        fill(strip, 0, width, _ROW)
        for strike, off in self.contacts[side]:
            a, b = column(strike), column(off)
            fill(strip, a, min(b, now), COLOURS[side])
            fill(strip, max(a, now), b, shade(COLOURS[side], 0.45))
        half = max(1, round(0.06 * self.layout.em))
        fill(strip, max(0, now - half), min(now + half, width), _TEXT)


def _contacts(events: list[Event]) -> tuple[tuple[float, float], ...]:
    """(strike, toe-off) of one foot; an event whose partner is missing makes no contact."""
    return tuple(
        (a.time_s, b.time_s) for a, b in pairwise(events) if (a.kind, b.kind) == ("strike", "off")
    )
