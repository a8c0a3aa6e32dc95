"""One run: the answer first, then the film, then everything behind it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import streamlit as st

from gait.io.run_folder import RunFolder
from gait.present import wording
from gait.types import Analysis, GaitError
from gait.ui import answer, details, progress, questionnaire, settings_panel, viewer
from gait.ui.context import complain, jobs, opened
from gait.ui.site import plain

_SECTIONS: Final[dict[str, Callable[[RunFolder], None]]] = {
    "Film": lambda run: _film(run),
    "Frame by frame": viewer.show,
    "Curves": details.curves,
    "Every stride": details.strides,
    "All numbers": details.numbers,
    "Pain": questionnaire.show,
    "Settings": settings_panel.show,
    "Download": details.downloads,
}


def show(run: RunFolder) -> None:
    """Show a run.

    Parameters
    ----------
    run : RunFolder
        A finished one.
    """
    try:
        analysis, _ = opened(run)
    except GaitError as e:
        complain(e)
        return
    _heading(run, analysis)
    answer.show(analysis)
    st.divider()
    chosen = st.segmented_control(
        "Look closer",
        list(_SECTIONS),
        default="Film",
        required=True,
        key="section",
        bind="query-params",
        width="stretch",
    )
    _SECTIONS[chosen or "Film"](run)


def _heading(run: RunFolder, analysis: Analysis) -> None:
    runner = analysis.settings.get("runner")
    film = analysis.video.name if analysis.video else run.path.name
    title, again = st.columns([5, 1], vertical_alignment="center")
    title.title(plain(runner or Path(film).stem), anchor=False)
    if again.button("New film", icon=":material/add:", width="stretch"):
        st.query_params.clear()
        st.rerun()
    named = plain(film) if runner else ""
    said = (named, f"{run.filmed:%d %B %Y, %H:%M}", *wording.filmed(analysis))
    st.caption(" · ".join(text for text in said if text))


def _film(run: RunFolder) -> None:
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
            alt="The film with the skeleton and the ground contacts of both feet drawn in.",
        )
        st.caption(
            "Left leg blue, right leg orange, the far leg dimmer. A ring and a label where a foot "
            "strikes or leaves the ground; below, when each foot was on it. Hollow joints: the "
            "pose model was not sure."
        )
        return
    st.info("The drawn film belonged to other settings and is gone.", icon=":material/movie:")
    name = analysis.video.name if analysis.video else run.path.name
    if run.film is None:
        st.caption("The film itself is not kept with this run: analyse it again to see it drawn.")
    elif st.button("Draw it again", icon=":material/brush:"):
        try:
            progress.watch([jobs().draw(run, name)])
        except GaitError as e:
            complain(e)
        else:
            st.rerun()
