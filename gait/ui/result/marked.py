"""A picture of the video: draw on it, keep it, and choose it for the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.delta_generator import DeltaGenerator

from gait.io.added.notes import Mark, MarkedPicture, Notes, keep_notes, kept_notes
from gait.io.run_folder import RunFolder
from gait.render.angle_arcs import draw_marks
from gait.render.crop import jpeg
from gait.types import GaitError, Side
from gait.ui.result import player
from gait.ui.site import complain, keep, plain


@dataclass(frozen=True, slots=True)
class Shown:
    """The picture that is looked at."""

    image: NDArray[np.uint8]
    """(H, W, 3) RGB."""
    size: tuple[int, int]
    """Of the video, px."""
    video_s: float
    """Where it is in the video, seconds as it plays."""
    side: Side
    """Whose angles are drawn."""
    text: str
    """Which picture it is."""


def show(run: RunFolder, shown: Shown, place: DeltaGenerator, controls: DeltaGenerator) -> None:
    """Show a picture with what was drawn on it, and what can be done with it.

    Parameters
    ----------
    run : RunFolder
        The run of its video.
    shown : Shown
        The picture.
    place, controls : DeltaGenerator
        Where picture and buttons go.
    """
    try:
        notes = kept_notes(run)
    except GaitError as e:
        complain(e)
        notes = Notes()
    kept = notes.picture(shown.video_s)
    marks = kept.marks if kept else ()
    alt = f"Picture of the video. {shown.text}."
    px_of_video = shown.size[0] / shown.image.shape[1]
    drawing = controls.toggle("Draw lines and angles on it", key="draw")
    if drawing:
        with place:
            saved = _draw(run, shown, marks, px_of_video, alt)
        if saved is not None and saved != marks:
            picture = MarkedPicture(video_s=shown.video_s, side=shown.side, marks=saved)
            if kept:
                picture = kept.model_copy(update={"marks": saved})
            empty = not saved and not kept
            keep(keep_notes, run, notes.with_picture(shown.video_s, None if empty else picture))
    else:
        image = shown.image.copy()
        draw_marks(image, marks, lambda xy: xy / px_of_video)
        place.container(key="frame").image(
            image,
            caption=shown.text,
            width="stretch",
            output_format="JPEG",
            alt=f"{alt} By hand: {_words(marks)}." if marks else alt,
        )
    if kept and kept.in_report:
        if controls.button("Take it out of the report", icon=":material/remove:", key="chosen"):
            left = kept.model_copy(update={"in_report": False}) if marks else None
            keep(keep_notes, run, notes.with_picture(shown.video_s, left))
    elif controls.button("Show this picture in the report", icon=":material/add:", key="chosen"):
        picture = kept or MarkedPicture(video_s=shown.video_s, side=shown.side)
        picture = picture.model_copy(update={"in_report": True})
        keep(keep_notes, run, notes.with_picture(shown.video_s, picture))


def listed(run: RunFolder, notes: Notes) -> None:
    """The pictures that are kept with a run, each with buttons."""
    for number, picture in enumerate(notes.pictures):
        what, choose, drop = st.columns([4, 2, 2], vertical_alignment="center")
        drawn = f": {_words(picture.marks)}" if picture.marks else ""
        what.markdown(plain(f"At {picture.video_s:.2f} s of the video{drawn}"))
        chosen = choose.checkbox(
            "In the report", picture.in_report, key=f"picture-{run.path}-{number}-{picture.video_s}"
        )
        if chosen != picture.in_report:
            changed = picture.model_copy(update={"in_report": chosen})
            keep(keep_notes, run, notes.with_picture(picture.video_s, changed))
        if drop.button("Remove", key=f"drop-{run.path}-{number}", icon=":material/delete:"):
            keep(keep_notes, run, notes.with_picture(picture.video_s, None))


def _draw(
    run: RunFolder, shown: Shown, marks: Sequence[Mark], px_of_video: float, alt: str
) -> tuple[Mark, ...] | None:
    height, width = (px * px_of_video for px in shown.image.shape[:2])
    try:
        return player.drawing(
            jpeg(shown.image), (width, height), marks, f"{run.path}-{shown.video_s}", alt
        )
    except GaitError as e:
        complain(e)
        return None


def _words(marks: Sequence[Mark]) -> str:
    return ", ".join(mark.words for mark in marks)
