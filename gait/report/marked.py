"""Pictures of the video that somebody chose, with what was drawn on them by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from gait.analysis.cleaning.stabilize import as_filmed
from gait.analysis.kinematics.waveforms import readings
from gait.analysis.results import Analysis
from gait.analysis.trial import Trial
from gait.io.added.notes import Mark, MarkedPicture
from gait.present import wording
from gait.render.angle_arcs import draw_marks
from gait.render.crop import HEIGHT_PX, WIDTH_PX, Crop, crops, jpeg
from gait.render.draw import conceal, to_point
from gait.render.key_frames import frames_at
from gait.render.overlay import draw_frame
from gait.render.skeleton import HEAD_OF_LEG, heads
from gait.report.pictures import Picture
from gait.types import Float, PoseTrack, Side, UInt8

_DRAWN: Final = ("knee", "shank", "foot", "trunk", "pelvis", "fppa")
_MARGIN_PX: Final = 12.0
"""Of the picture, around what was drawn."""


def video_picture(
    analysis: Analysis,
    trial: Trial,
    source: Path,
    index: int,
    side: Side,
    *,
    drawn: bool,
    blur_face: bool = False,
) -> UInt8 | None:
    """One frame of the video, (H, W, 3) RGB, with the angles of a leg; None if it is damaged.

    Parameters
    ----------
    analysis : Analysis
        Of the video.
    trial : Trial
        Its cleaned track.
    source : Path
        The video, or its overlay.
    index : int
        Number of the frame in the track.
    side : {"left", "right"}
        Whose angles.
    drawn : bool
        Whether `source` is the overlay, in which they are drawn already.
    blur_face : bool
        Whether to hide the face.

    Raises
    ------
    GaitError
        If the video cannot be read.
    """
    image = frames_at(source, as_filmed(trial.track), analysis, {index}).get(index)
    if image is None:
        return None
    if blur_face and (head := heads(as_filmed(trial.track))) is not None:
        scale = image.shape[1] / trial.track.size[0]
        conceal(image, to_point(head[index] * scale), HEAD_OF_LEG * analysis.view.leg_px * scale)
    if drawn:
        return image
    degrees = {
        name: float(series[index])
        for name, (series, _) in readings(trial, side).items()
        if name in _DRAWN
    }
    track = trial.track.with_(time=trial.track.time * analysis.view.time_scale)
    return draw_frame(image, track, index, analysis, {side: degrees})


def chosen_pictures(
    analysis: Analysis,
    trial: Trial,
    source: Path | None,
    pictures: Sequence[MarkedPicture],
    video: int,
    *,
    drawn: bool,
    blur_face: bool = False,
) -> Iterator[Picture]:
    """The chosen pictures of one video as the report shows them.

    Parameters
    ----------
    analysis, trial, drawn, blur_face
        As for `video_picture`.
    source : Path or None
        The video, or its overlay; without one there is nothing to show.
    pictures : sequence of MarkedPicture
        Which ones.
    video : int
        Its number, for the names of the files.

    Yields
    ------
    Picture
        Those for the report, cut to the runner and to all that was drawn.
    """
    track = as_filmed(trial.track)
    video_s = track.time * analysis.view.time_scale
    for number, chosen in enumerate(pictures):
        if source is None or not chosen.in_report:
            continue
        index = int(np.abs(video_s - chosen.video_s).argmin())
        image = video_picture(
            analysis, trial, source, index, chosen.side, drawn=drawn, blur_face=blur_face
        )
        if image is None:
            continue
        crop = _crop(track, index, chosen.marks)
        canvas = crop.of(image, track.size)
        draw_marks(canvas, chosen.marks, crop.on)
        words = ", ".join(mark.words for mark in chosen.marks)
        at = f"{track.time[index]:.2f} s"
        seen = wording.view_words(analysis.view)
        yield Picture(
            file=f"chosen-{video}-{number}.jpg",
            jpeg=jpeg(canvas),
            side=chosen.side,
            title=f"{seen.capitalize()}, at {at}",
            caption=f"By hand: {words}" if words else "",
            alt=f"The runner {seen}, {at} into the video"
            + (f"; by hand: {words}." if words else "."),
        )


def _crop(track: PoseTrack, index: int, marks: Sequence[Mark]) -> Crop:
    """The runner, and all that was drawn."""
    crop = crops(track, [index])[index]
    if not marks:
        return crop
    points: Float = np.array([xy for mark in marks for xy in mark.points])
    size = np.array([WIDTH_PX, HEIGHT_PX])
    margin = _MARGIN_PX / crop.scale
    low = np.minimum(crop.corner, points.min(axis=0) - margin)
    high = np.maximum(crop.corner + size / crop.scale, points.max(axis=0) + margin)
    scale = float((size / (high - low)).min())
    return Crop((low + high) / 2 - size / 2 / scale, scale)
