"""Single pictures of the video: any contact of any stride, with angles, and corrections by eye."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from gait.analysis.kinematics.waveforms import ANGLES, readings
from gait.analysis.results import Analysis, Event
from gait.io.run_folder import RunFolder
from gait.report.marked import video_picture
from gait.settings import EventEdit
from gait.types import SIDES, GaitError, Side, opposite
from gait.ui.intake.inputs import change
from gait.ui.result import marked
from gait.ui.result.contacts import MOMENTS, Contact, Moment, contacts
from gait.ui.site import complain, opened


@st.fragment
def show(run: RunFolder) -> None:
    """Choose a moment, see it, and put it right if it is wrong."""
    analysis, trial = opened(run)
    controls, shown = st.container(key="moment").columns([2, 3], gap="medium")
    near = analysis.view.near_side or "left"
    chosen = controls.segmented_control(
        "Foot", SIDES, default=near, required=True, format_func=str.capitalize, key="foot"
    )
    side = chosen or near
    own = contacts(analysis, side)
    if not own:
        st.info(f"No contact of the {side} foot was found in this video.")
        return
    number = controls.number_input(
        f"Contact, 1 to {len(own)}", 1, len(own), 1, key=f"contact-{side}"
    )
    contact = own[number - 1]
    with controls:
        when = _moment(contact)
    off_by = controls.slider(
        "Pictures earlier or later", -15, 15, 0, key=f"off-{side}-{number}-{when}"
    )
    time = trial.track.time
    at_s = contact.at_s(when)
    assert at_s is not None
    nearest = int(np.abs(time - at_s).argmin())
    index = min(max(nearest + off_by, 0), len(time) - 1)
    text = (
        f"{contact.side.capitalize()} foot, contact {number}, {when.lower()}"
        + (f" {off_by:+d} pictures" if off_by else "")
        + f": {time[index]:.3f} s"
    )
    video_s = float(time[index]) * analysis.view.time_scale
    source = run.video or run.drawn
    if source is None:
        st.info("The video itself is not kept with this run: analyse it again to see pictures.")
        return
    picture = _picture(run.path, run.analysis.stat().st_mtime_ns, source, index, contact.side)
    if picture is None:
        shown.info("This picture is damaged in the video.")
    else:
        marked.show(
            run,
            marked.Shown(picture, trial.track.size, video_s, contact.side, text),
            shown,
            controls,
        )
    values = [
        f"{ANGLES[name].name.lower()} {degrees[index]:.0f}° ± {half:.0f}"
        for name, (degrees, half) in readings(trial, contact.side).items()
        if np.isfinite(degrees[index])
    ]
    if values:
        controls.caption(f"{contact.side.capitalize()} leg in this picture: {', '.join(values)}.")
    with controls:
        _corrections(run, analysis, contact, float(time[index]))


def _moment(contact: Contact) -> Moment:
    """Which moment to show, of those that the video shows."""
    known = [moment for moment in MOMENTS if contact.at_s(moment) is not None]
    chosen = st.segmented_control(
        "Moment", known, default=known[0], required=True, key=f"moment-{'-'.join(known)}"
    )
    for event, name, when in (
        (contact.strike, "Initial contact", "before the video starts"),
        (contact.off, "Toe-off", "after the video ends"),
    ):
        if event is None:
            st.caption(f"{name} of this contact was not seen: it may be {when}.")
    return chosen or known[0]


@st.cache_data(show_spinner=False, max_entries=64)
def _picture(
    path: Path, changed_ns: int, source: Path, index: int, side: Side
) -> NDArray[np.uint8] | None:
    """One picture, drawn on unless it comes from the drawn video already."""
    run = RunFolder(path)
    analysis, trial = opened(run)
    hidden = bool(analysis.settings.blur_face)
    drawn = source == run.overlay
    return video_picture(analysis, trial, source, index, side, drawn=drawn, blur_face=hidden)


def _corrections(run: RunFolder, analysis: Analysis, contact: Contact, at_s: float) -> None:
    slow = analysis.view.time_scale
    video_s = at_s * slow
    known = [e for e in (contact.strike, contact.off) if e is not None]
    with st.expander("Something wrong here? Correct it", icon=":material/edit:"):
        st.caption("Everything is computed again at once; under Settings you can undo it.")
        edits: tuple[EventEdit, ...] = ()
        row = st.container(horizontal=True)
        for event, name in ((contact.strike, "strike"), (contact.off, "toe-off")):
            known_as = "initial contact" if name == "strike" else name
            if event is None:  # what the video does not show is not in this picture either
                continue
            if row.button(f"The {known_as} is in this picture", key=f"set-{name}"):
                edits = (_set(event, contact.side, name, video_s, slow),)
        if row.button("It is the other foot", key="swap"):
            edits = tuple(_edit("swap", e, slow) for e in known)
        if row.button("There is no contact", key="delete"):
            edits = tuple(_edit("delete", e, slow) for e in known)
        missing = [
            n for e, n in ((contact.strike, "strike"), (contact.off, "toe-off")) if e is None
        ]
        other = opposite(contact.side)
        for side, name in (
            *((contact.side, n) for n in missing),
            (other, "strike"),
            (other, "toe-off"),
        ):
            known_as = "an initial contact" if name == "strike" else "a toe-off"
            if row.button(f"Add {known_as} of the {side} foot here", key=f"add-{side}-{name}"):
                edits = (_set(None, side, name, video_s, slow),)
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
