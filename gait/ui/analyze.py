"""The first page: a video in, its progress, and the result: the answer, the video, the rest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import streamlit as st
from pydantic import ValidationError

from gait.analysis.results import Analysis
from gait.io.run_folder import RunFolder
from gait.present import wording
from gait.present.complaint import places
from gait.settings import Settings, refused
from gait.types import GaitError
from gait.ui import answer, details, documents, inputs, progress, questionnaire, viewer
from gait.ui.inputs import about_the_runner, about_the_video
from gait.ui.site import complain, jobs, opened, plain, site
from gait.video import VIDEO_TYPES

_SECTIONS: Final[dict[str, Callable[[RunFolder], None]]] = {
    "Video": lambda run: _video(run),
    "Frame by frame": viewer.show,
    "Curves": details.curves,
    "Every stride": details.strides,
    "All numbers": details.numbers,
    "Pain": questionnaire.show,
    "Settings": inputs.change_settings,
    "Download": details.downloads,
}


def page() -> None:
    """Show the run that the address names, else take videos in."""
    name = st.query_params.get("run")
    if name is None:
        _take_in()
        return
    try:
        run = site().run(name)
        if not questionnaire.urgent(run):  # nothing about the running before that
            _result(run)
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
        answers = questionnaire.questionnaire({})
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


def _result(run: RunFolder) -> None:
    analysis, _ = opened(run)
    _heading(run, analysis)
    answer.show(analysis)
    st.divider()
    chosen = st.segmented_control(
        "Look closer",
        list(_SECTIONS),
        default="Pain" if places(analysis) else "Video",
        required=True,
        key="section",
        bind="query-params",
        width="stretch",
    )
    _SECTIONS[chosen or "Video"](run)


def _heading(run: RunFolder, analysis: Analysis) -> None:
    runner = analysis.settings.runner
    video = analysis.video.name if analysis.video else run.path.name
    title, again = st.columns([4, 1], vertical_alignment="center")
    title.title(plain(runner or Path(video).stem), anchor=False)
    if again.button("New video", icon=":material/add:", width="stretch"):
        st.query_params.clear()
        st.rerun()
    named = plain(video) if runner else ""
    said = (named, f"{run.filmed:%d %B %Y, %H:%M}", *wording.filmed(analysis))
    st.caption(" · ".join(text for text in said if text))


def _video(run: RunFolder) -> None:
    analysis, _ = opened(run)
    progress.show()
    if run.people.is_file():
        with st.expander("Who was analysed", icon=":material/group:", expanded=True):
            st.image(run.people)
    if run.overlay.is_file():
        st.video(
            run.overlay,
            loop=True,
            muted=True,
            alt="The video with the skeleton and the ground contacts of both feet drawn in.",
        )
        st.caption(
            "Left leg blue, right leg orange, the far leg dimmer. A ring and a label where a foot "
            "strikes or leaves the ground; below, when each foot was on it. Hollow joints: the "
            "pose model was not sure."
        )
        return
    st.info("The drawn video belonged to other settings and is gone.", icon=":material/movie:")
    name = analysis.video.name if analysis.video else run.path.name
    if run.video is None:
        st.caption("The video itself is not kept with this run: analyse it again to see it drawn.")
    elif st.button("Draw it again", icon=":material/brush:"):
        try:
            progress.watch([jobs().draw(run, name)])
        except GaitError as e:
            complain(e)
        else:
            st.rerun()
