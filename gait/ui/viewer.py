"""Single pictures of the video: any contact of any stride, with angles, and corrections by eye."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from gait.analysis.kinematics.waveforms import ANGLES, readings
from gait.analysis.results import Analysis, Event
from gait.io.run_folder import RunFolder
from gait.render.overlay import draw_frame
from gait.settings import EventEdit
from gait.types import SIDES, GaitError, Side, opposite
from gait.ui.inputs import change
from gait.ui.site import complain, opened
from gait.video import frames

Moment = Literal["Strike", "Mid-stance", "Toe-off"]

_MOMENTS: Final[tuple[Moment, ...]] = ("Strike", "Mid-stance", "Toe-off")
_DRAWN: Final = ("knee", "shank", "foot", "trunk")


@dataclass(frozen=True, slots=True)
class Contact:
    """One foot on the ground, as far as it was seen.

    Parameters
    ----------
    side : {"left", "right"}
        Which foot.
    strike, off : Event or None
        Not both None.
    """

    side: Side
    strike: Event | None
    off: Event | None

    def at_s(self, moment: Moment) -> float:
        """When that moment is; the nearest known one if it is not known itself."""
        strike, off = self.strike or self.off, self.off or self.strike
        assert strike is not None
        assert off is not None
        return {
            "Strike": strike.time_s,
            "Mid-stance": (strike.time_s + off.time_s) / 2,
            "Toe-off": off.time_s,
        }[moment]


def contacts(analysis: Analysis, side: Side) -> tuple[Contact, ...]:
    """The contacts of one foot in order of time; one whose strike or toe-off is lost stays half.

    Parameters
    ----------
    analysis : Analysis
        Its events.
    side : {"left", "right"}
        Which foot.

    Returns
    -------
    tuple of Contact
        Every event is in exactly one.
    """
    found: list[Contact] = []
    for event in analysis.events:
        if event.side != side:
            continue
        if event.kind == "strike":
            found.append(Contact(side, event, None))
        elif found and found[-1].off is None:
            found[-1] = Contact(side, found[-1].strike, event)
        else:
            found.append(Contact(side, None, event))
    return tuple(found)


@st.fragment
def show(run: RunFolder) -> None:
    """Choose a moment, see it, and put it right if it is wrong.

    Parameters
    ----------
    run : RunFolder
        A finished run.
    """
    analysis, trial = opened(run)
    foot, which = st.columns(2)
    near = analysis.view.near_side or "left"
    chosen = foot.segmented_control(
        "Foot", SIDES, default=near, required=True, format_func=str.capitalize, key="foot"
    )
    side = chosen or near
    own = contacts(analysis, side)
    if not own:
        st.info(f"No contact of the {side} foot was found in this video.")
        return
    number = which.number_input(f"Contact, 1 to {len(own)}", 1, len(own), 1, key=f"contact-{side}")
    when = st.segmented_control("Moment", _MOMENTS, default="Strike", required=True, key="moment")
    off_by = st.slider("Pictures earlier or later", -15, 15, 0, key=f"off-{side}-{number}-{when}")
    contact = own[number - 1]
    time = trial.track.time
    nearest = int(np.abs(time - contact.at_s(when or "Strike")).argmin())
    index = min(max(nearest + off_by, 0), len(time) - 1)
    text = (
        f"{contact.side.capitalize()} foot, contact {number}, {(when or 'Strike').lower()}"
        + (f" {off_by:+d} pictures" if off_by else "")
        + f": {time[index]:.3f} s"
    )
    source = run.video or run.overlay
    if not source.is_file():
        st.info("The video itself is not kept with this run: analyse it again to see pictures.")
        return
    st.image(
        _picture(run.path, run.analysis.stat().st_mtime_ns, source, index, contact.side),
        caption=text,
        width="stretch",
        output_format="JPEG",
        alt=f"Picture of the video. {text}.",
    )
    values = [
        f"{ANGLES[name].name.lower()} {degrees[index]:.0f}° ± {half:.0f}"
        for name, (degrees, half) in readings(trial, analysis.strides, contact.side).items()
        if np.isfinite(degrees[index])
    ]
    if values:
        st.caption(f"{contact.side.capitalize()} leg in this picture: {', '.join(values)}.")
    _corrections(run, analysis, contact, float(time[index]))


@st.cache_data(show_spinner=False, max_entries=64)
def _picture(
    path: Path, changed_ns: int, source: Path, index: int, side: Side
) -> NDArray[np.uint8]:
    """One picture, drawn on unless it comes from the drawn video already."""
    run = RunFolder(path)
    analysis, trial = opened(run)
    video_s = trial.track.time * analysis.view.time_scale
    frame = next(frames(source, float(video_s[index]) - 1e-4))
    if source == run.overlay:
        return frame.image
    degrees = {
        name: float(series[index])
        for name, (series, _) in readings(trial, analysis.strides, side).items()
        if name in _DRAWN
    }
    track = trial.track.with_(time=video_s)
    return draw_frame(frame.image, track, index, analysis, {side: degrees})


def _corrections(run: RunFolder, analysis: Analysis, contact: Contact, at_s: float) -> None:
    slow = analysis.view.time_scale
    video_s = at_s * slow
    known = [e for e in (contact.strike, contact.off) if e is not None]
    with st.expander("Something wrong here? Correct it", icon=":material/edit:"):
        st.caption("Everything is computed again at once; under Settings you can undo it.")
        edits: tuple[EventEdit, ...] = ()
        row = st.container(horizontal=True)
        for event, name in ((contact.strike, "strike"), (contact.off, "toe-off")):
            if row.button(f"The {name} is in this picture", key=f"set-{name}"):
                edits = (_set(event, contact.side, name, video_s, slow),)
        if row.button("It is the other foot", key="swap"):
            edits = tuple(_edit("swap", e, slow) for e in known)
        if row.button("There is no contact", key="delete"):
            edits = tuple(_edit("delete", e, slow) for e in known)
        other = opposite(contact.side)
        for name in ("strike", "toe-off"):
            if row.button(f"Add a {name} of the {other} foot here", key=f"add-{name}"):
                edits = (_set(None, other, name, video_s, slow),)
        if edits:
            try:
                change(run, analysis, edits=edits)
            except GaitError as e:
                complain(e)
            else:
                st.rerun(scope="app")


def _set(event: Event | None, side: Side, name: str, video_s: float, slow: float) -> EventEdit:
    kind: Literal["strike", "off"] = "strike" if name == "strike" else "off"
    if event is None:
        return EventEdit(action="add", kind=kind, side=side, video_s=video_s)
    return EventEdit(
        action="shift", kind=kind, side=side, video_s=event.time_s * slow, to_video_s=video_s
    )


def _edit(action: Literal["swap", "delete"], event: Event, slow: float) -> EventEdit:
    return EventEdit(action=action, kind=event.kind, side=event.side, video_s=event.time_s * slow)
