"""The first page: a video in and its progress, else the result that the address names."""

from __future__ import annotations

import streamlit as st
from pydantic import ValidationError

from gait.settings import Settings, refused
from gait.types import GaitError
from gait.ui import documents, progress, questionnaire
from gait.ui.inputs import about_the_runner, about_the_video
from gait.ui.result import page as result
from gait.ui.site import complain, jobs, site
from gait.video import VIDEO_TYPES


def page() -> None:
    """Show the run that the address names, else take videos in."""
    name = st.query_params.get("run")
    if name is None:
        _take_in()
        return
    try:
        run = site().run(name)
        if not questionnaire.urgent(run):  # nothing about the running before that
            result.show(run)
    except GaitError as e:
        complain(e)


def _take_in() -> None:
    st.title("How do you run?")
    st.markdown(
        "One video of a runner on a treadmill, from the side: what gaitlens can measure, how sure "
        "it is, and what stands out. **The video stays on this computer.**"
    )
    guide, _ = st.columns([1, 2])
    with guide.popover("How to film", icon=":material/videocam:"):
        st.markdown(documents.body("docs/filming.md"))
    progress.show()
    place = site()
    videos = st.file_uploader(
        "Video of the runner",
        type=list(VIDEO_TYPES),
        accept_multiple_files=True,
        key=f"videos-{st.session_state.setdefault('taken', 0)}",
        help="20 to 30 seconds of steady running, several videos if you like.",
    )
    path = ""
    if place.videos != ():
        with st.expander("Open a video on this computer instead", icon=":material/folder:"):
            path = st.text_input("Path of the video", placeholder="/home/me/run.mp4")
    with st.expander("About the runner", icon=":material/person:"):
        st.caption("All optional. Speed gives lengths and typical ranges, height centimetres.")
        known = about_the_runner(place.defaults)
    with st.expander("About the video", icon=":material/tune:"):
        known |= about_the_video(place.defaults)
    with st.expander("Does anything hurt?", icon=":material/healing:"):
        answers = questionnaire.questionnaire({}, f"new-{st.session_state['taken']}-")
    if not st.button("Analyze", type="primary", disabled=not (videos or path.strip())):
        return
    try:
        settings = Settings.model_validate(place.defaults.model_dump() | known)
        started = [jobs().analyse(video, video.name, settings, answers) for video in videos or []]
        if path.strip():
            chosen = place.video(path)
            started.append(jobs().analyse(chosen, chosen.name, settings, answers))
    except GaitError as e:
        complain(e)
    except ValidationError as e:
        st.error(f"{' '.join(refused(e))}. Correct what is said about the runner or the video.")
    else:
        progress.watch(started)
        # A new uploader is empty, and the server may let go of what was uploaded.
        st.session_state["taken"] += 1
        st.rerun()
