"""A finished run on one page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

import streamlit as st

from gait.analysis.results import Analysis
from gait.io.run_folder import RunFolder
from gait.io.visit import folders
from gait.present import wording
from gait.present.complaint import places
from gait.sanitize.text import folder_name
from gait.types import GaitError
from gait.ui import progress
from gait.ui.intake import inputs, questionnaire
from gait.ui.result import answer, details, notes, numbers, player, viewer
from gait.ui.site import analysis_of, complain, in_library, jobs, opened, plain

_SECTIONS: Final[dict[str, Callable[[RunFolder], None]]] = {
    "Video": lambda run: _video(run),
    "Frame by frame": viewer.show,
    "Curves": details.curves,
    "Every stride": details.strides,
    "All numbers": details.numbers,
    "Notes": notes.show,
    "Pain": questionnaire.show,
    "Settings": inputs.change_settings,
    "Download": details.downloads,
}

_WITHOUT_TRACKS: Final[dict[str, Callable[[RunFolder], None]]] = {
    "Every stride": details.strides,
    "All numbers": details.numbers,
    "Notes": notes.show,
    "Download": details.data,
}
"""What can be shown of a run whose track is lost."""

_OF_ONE_VIDEO: Final = ("Video", "Frame by frame", "Curves", "Every stride")

_STYLE: Final = """
<style>
[data-testid="stMainBlockContainer"] { padding-top: 3.6rem; max-width: 82rem; }
[data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] { gap: 0.6rem; }
[data-testid="stMainBlockContainer"] h1 { font-size: 1.6rem; padding: 0; }
.st-key-picture img { max-height: 27rem; }
.st-key-frame img { max-height: 70vh; }
.st-key-picture img, .st-key-frame img { width: auto !important; max-width: 100% !important;
  margin: 0 auto; display: block; }
@media (min-width: 641px) {
  .st-key-answer { display: grid; grid-template: auto 1fr / 5fr 4fr; gap: 0.8rem 2rem; }
  .st-key-answer > :nth-child(1) { grid-area: 1 / 1; }
  .st-key-answer > :nth-child(2) { grid-area: 1 / 2 / 3; }
  .st-key-answer > :nth-child(3) { grid-area: 2 / 1; }
}
@media (max-width: 640px) {  /* what the controls change is seen while they are used */
  .st-key-moment [data-testid="stColumn"]:last-child { order: -1; }
}
.st-key-player video { max-height: 70vh; width: 100%; object-fit: contain; background: #14191e;
  border-radius: 0.5rem; }
</style>
"""
"""Less air than a page of text has: the first screen is to hold the answer and its picture."""


def show(run: RunFolder) -> None:
    """Show a run; GaitError if it cannot be read."""
    analysis = analysis_of(run)
    videos, lost = _tracks(run, analysis)
    st.set_page_config(layout="wide")
    st.html(_STYLE)
    _heading(run, analysis)
    if lost is not None:  # said once, and first
        st.warning(
            f"{plain(in_library(lost.problem))} What was found is here, without pictures and "
            "curves, and cannot be changed. Analyze the video again to have them.",
            icon=":material/warning:",
        )
    answer.warnings(analysis)
    answer.show(analysis, videos)
    numbers.show(analysis)
    answer.caveats(analysis)
    if lost is not None:
        _rest_without_tracks(run)
        answer.behind(analysis)
        return
    chosen = st.segmented_control(
        "Look closer",
        list(_SECTIONS),
        default="Pain" if places(analysis) else "Video",
        required=True,
        key="section",
        bind="query-params",
        width="stretch",
    )
    of_one = chosen in _OF_ONE_VIDEO
    _SECTIONS[chosen or "Video"](_video_of(analysis, videos) if of_one else run)
    answer.behind(analysis)


def _tracks(run: RunFolder, analysis: Analysis) -> tuple[tuple[RunFolder, ...], GaitError | None]:
    """The run of every video, and None; or none of them, and what is lost."""
    try:
        videos = folders(run, analysis)
        for video in videos:
            opened(video)
    except GaitError as e:
        return (), e
    return videos, None


def _rest_without_tracks(run: RunFolder) -> None:
    """What needs no more than the numbers."""
    parts = analysis_of(run).parts
    sections = {
        name: show
        for name, show in _WITHOUT_TRACKS.items()
        if not (parts and name in _OF_ONE_VIDEO)
    }
    chosen = st.segmented_control(
        "Look closer",
        list(sections),
        default="All numbers",
        required=True,
        key="section-without-tracks",
        width="stretch",
    )
    sections[chosen or "All numbers"](run)


def _video_of(analysis: Analysis, videos: tuple[RunFolder, ...]) -> RunFolder:
    """The video to look closer at, of those of a visit."""
    if not analysis.parts:
        return videos[0]
    seen = [wording.view_words(part.view).capitalize() for part in analysis.parts]
    names = [
        words if seen.count(words) == 1 or part.video is None else f"{words}, {part.video.name}"
        for words, part in zip(seen, analysis.parts, strict=True)
    ]
    number = st.segmented_control(
        "Which video",
        range(len(videos)),
        default=0,
        required=True,
        format_func=names.__getitem__,
        key="which-video",
    )
    return videos[number or 0]


def _play(run: RunFolder, source: Path) -> None:
    """The video beside the waveforms, each with the cursor of the other."""
    analysis, trial = opened(run)
    left, right = st.columns(2, gap="medium")
    with left:
        with st.container(key="player"):
            st.video(
                source,
                loop=True,
                muted=True,
                alt="The video with the skeleton and the ground contacts of both feet drawn in.",
            )
        player.transport(analysis, trial)
        drawn = (
            "Left leg blue, right leg orange, the far leg dimmer. Hollow joints: the pose model "
            "was not sure. "
        )
        st.caption(
            f"{drawn if source == run.overlay else ''}Bars: each foot on the ground. Arrow keys: "
            "single frames."
        )
    with right:
        if player.waveforms(analysis, trial):
            st.caption(
                "Mean of all strides, shaded ± 1 SD. Thin: the stride in the video. "
                "Dotted: toe-off. Green: usual. Click a curve, and the video goes there."
            )
        else:
            st.caption("Curves need at least one whole stride.")


def _heading(run: RunFolder, analysis: Analysis) -> None:
    runner = analysis.settings.runner
    folder = run.path.name
    if analysis.video is None or analysis.parts:
        video = stem = folder
    else:
        video = analysis.video.name
        stem = Path(video).stem
        if folder not in (stem, folder_name(stem)):  # another run of a video of that name
            video, stem = f"{video} ({folder})", f"{stem} ({folder})"
    title, again = st.columns([4, 1], vertical_alignment="center")
    with title:
        st.title(plain(runner or stem), anchor=False)
        named = plain(video) if runner else ""
        said = (named, f"{run.filmed:%d %B %Y, %H:%M}", *_filmed(analysis))
        with st.container(horizontal=True, vertical_alignment="center"):
            answer.video_grade(analysis)
            st.caption(" · ".join(text for text in said if text), width="content")
    if again.button("New video", icon=":material/add:", width="stretch"):
        st.query_params.clear()
        st.rerun()


def _filmed(analysis: Analysis) -> Iterable[str]:
    """How it was filmed; what is the same in several videos is said once."""
    parts = analysis.videos
    views = (wording.view_words(part.view) for part in parts)
    return dict.fromkeys((*views, *(words for part in parts for words in wording.filmed(part))))


def _video(run: RunFolder) -> None:
    analysis, _ = opened(run)
    progress.show()
    if run.people.is_file():
        with st.expander("Who was analysed", icon=":material/group:", expanded=True):
            st.image(run.people, alt="The people in the video; the one who was analysed is marked.")
    drawn = run.drawn
    # The video as it was filmed shows the face.
    source = drawn if analysis.settings.blur_face else drawn or run.video
    drawing = drawn is None and progress.show_drawing(run)
    if source is not None:
        _play(run, source)
    if drawing or drawn is not None:
        return
    st.info("Nothing is drawn into the video for these settings.", icon=":material/movie:")
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
