"""The first page: a video in and its progress, else the result that the address names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

import streamlit as st
from pydantic import ValidationError
from streamlit.delta_generator import DeltaGenerator

from gait import resources
from gait.analysis.interpret.questionnaire import Answers
from gait.io.added.practice import CONSENT, keep_consent
from gait.settings import Settings, refused
from gait.types import GaitError
from gait.ui import progress
from gait.ui.intake import again, questionnaire
from gait.ui.intake.inputs import about_the_runner, about_the_video, how_closely
from gait.ui.pages import documents
from gait.ui.pages.library import readable
from gait.ui.result import page as result
from gait.ui.site import analysis_of, complain, jobs, link, site
from gait.video import VIDEO_TYPES

_SAMPLES: Final = {"Runner from the side": "side_overstride.mp4", "From behind": "rear_bad.mp4"}


def page() -> None:
    """Show the run that the address names, else take videos in."""
    name = st.query_params.get("run")
    if name is None:
        _take_in()
        return
    try:
        run = site().run(name)
        analysis_of(run)
    except GaitError as e:
        st.title("This run cannot be shown")
        complain(e)
        link("library", "To the library")
        if st.button("New video", icon=":material/add:"):
            st.query_params.clear()
            st.rerun()
        return
    try:
        if not questionnaire.urgent(run):  # nothing about the running before that
            result.show(run)
    except GaitError as e:
        complain(e)


def _take_in() -> None:
    st.title("How do you run?")
    st.markdown(
        "One video of a runner on a treadmill: what gaitlens can measure, how sure it is, and what "
        "stands out. **The video stays on this computer.**"
    )
    progress.show()
    place = site()
    videos = st.file_uploader(
        "Video of the runner",
        type=list(VIDEO_TYPES),
        accept_multiple_files=True,
        key=f"videos-{st.session_state.setdefault('taken', 0)}",
        help="20 to 30 seconds of steady running, several videos if you like.",
    )
    together = len(videos or ()) > 1 and _one_visit()
    buttons = st.container(horizontal=True, vertical_alignment="center")
    before = st.container()
    path = ""
    if place.videos != ():
        with st.expander("Open a video on this computer instead", icon=":material/folder:"):
            path = st.text_input("Path of the video", placeholder="/home/me/run.mp4")
    with st.expander("About the runner", icon=":material/person:"):
        st.caption("All optional. Speed gives lengths and usual ranges, height centimetres.")
        known, runner_fits = about_the_runner(place.defaults)
        agreed = bool(known["runner"]) and st.checkbox(
            CONSENT, key=f"agreed-{st.session_state['taken']}"
        )
    with st.expander("About the video", icon=":material/tune:"):
        of_video, video_fits = about_the_video(place.defaults)
        pose = how_closely(place.defaults.pose)
    with st.expander("Does anything hurt?", icon=":material/healing:"):
        answers = questionnaire.questionnaire({}, f"new-{st.session_state['taken']}-")
    ready, usable = bool(videos or path.strip()), runner_fits and video_fits
    pressed = buttons.button("Analyze", type="primary", disabled=not (ready and usable))
    if ready and not usable:
        buttons.caption("First correct what is refused below.", width="content")
    uploads = [(video, video.name) for video in videos or []]
    if ready and usable:
        with before:
            _say_known(uploads, path, known | of_video | {"pose": pose}, answers, together)
    sample = None if ready else _sample(buttons)
    st.header("How to film", anchor=False)
    documents.filming()
    if not (pressed and usable) and sample is None:
        return
    try:
        settings = Settings.model_validate(
            place.defaults.model_dump() | known | of_video | {"pose": pose}
        )
        if together:
            started = [jobs().analyse_visit(uploads, settings, answers)]
        else:
            started = [jobs().analyse(*upload, settings, answers) for upload in uploads]
        if path.strip():
            chosen = place.video(path)
            started.append(jobs().analyse(chosen, chosen.name, settings, answers))
        if sample is not None:
            started.append(jobs().analyse(sample, sample.name, place.defaults))
    except GaitError as e:
        complain(e)
    except ValidationError as e:
        st.error(f"{' '.join(refused(e))}. Correct what is said about the runner or the video.")
    else:
        if agreed and settings.runner:
            _keep_consent(settings.runner)
        progress.watch(started)
        # A new uploader is empty, and the server may let go of what was uploaded.
        st.session_state["taken"] += 1
        st.rerun()


def _say_known(
    uploads: Sequence[tuple[BinaryIO, str]],
    path: str,
    said: Mapping[str, object],
    answers: Answers,
    together: bool,
) -> None:
    """What was analysed already of that which is given."""
    found = readable()
    again.say(uploads, found, said, answers, together=together)
    if path.strip():
        with suppress(GaitError):  # told when the button is pressed
            chosen = site().video(path)
            again.say([(chosen, chosen.name)], found, said, answers)


def _keep_consent(runner: str) -> None:
    try:
        keep_consent(site().workspace, runner, agreed=True)
    except GaitError as e:
        complain(e)


def _one_visit() -> bool:
    """Whether several videos show one runner on one day; only the user can know."""
    chosen = st.segmented_control(
        "These videos show",
        ["one runner on one day", "different runs"],
        default="one runner on one day",
        required=True,
        help="From the side and from behind: one result, each measure from the video that shows "
        "it best.",
    )
    return chosen == "one runner on one day"


def _sample(place: DeltaGenerator) -> Path | None:
    """A video that comes with the program, if one was asked for."""
    found = {words: resources.find(f"sample_videos/{name}") for words, name in _SAMPLES.items()}
    installed = {words: path for words, path in found.items() if path is not None}
    if installed:
        place.caption("or try it with a sample:", width="content")
    chosen = [path for words, path in installed.items() if place.button(words)]
    return chosen[0] if chosen else None
