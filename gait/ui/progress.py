"""Jobs while they run: those of this session, or all of this server."""

from __future__ import annotations

from typing import Final

import streamlit as st

from gait.io.run_folder import RunFolder
from gait.jobs.status import Status
from gait.types import GaitError
from gait.ui.site import complain, go, jobs, link, plain

_WATCHED: Final = "jobs"
_EVERY_S: Final = 1.0
_STAGES: Final = {
    "reading": "Reading the video",
    "pose": "Finding the runner in every picture",
    "overlay": "Drawing the result into the video",
}


def watch(started: list[str], instead_of: str | None = None) -> None:
    """Show these jobs from now on, also after the page is loaded again."""
    st.query_params[_WATCHED] = [*(job for job in _watched() if job != instead_of), *started]


def show() -> None:
    """Bars of the jobs that this page watches; goes to the result of a single one by itself."""
    if not _watched():
        return
    running = [job for job in _known() if not job.over]
    # Without a job under way nothing needs to be looked at again.
    st.fragment(_bars, run_every=_EVERY_S if running else None)()


def show_drawing(run: RunFolder) -> bool:
    """Show how far the overlay of a run is, if it is drawn: then the page is loaded when it is."""
    if jobs().drawing(run) is None:
        return False
    st.fragment(_drawing_bar, run_every=_EVERY_S)(run)
    return True


def _drawing_bar(run: RunFolder) -> None:
    status = jobs().drawing(run)
    if status is None:
        st.rerun()
    else:
        st.progress(status.fraction, text=f"{_STAGES['overlay']}: until then, as it was filmed.")


def show_all() -> None:
    """Every job that is under way or failed since the server was started, whoever began it."""
    if not jobs().all():
        return
    running = any(not job.over for job in jobs().all())
    st.fragment(_all_bars, run_every=_EVERY_S if running else None)()


def _all_bars() -> None:
    known = jobs().all()
    for job in known:
        if job.state not in ("done", "cancelled"):
            _bar(job, stoppable=False)
    left_s = sum(job.remaining_s or 0 for job in known)
    waiting = sum(job.state == "waiting" for job in known)
    if left_s and waiting:
        st.caption(f"{_duration(left_s)} left for what is under way; {waiting} waiting after that.")
    failed = [job for job in known if job.state == "failed"]
    if failed and st.button("Close what failed", icon=":material/close:"):
        for job in failed:
            jobs().forget(job.id)
        st.rerun()
    if any(not job.over for job in known):
        st.session_state["others running"] = True
    elif st.session_state.pop("others running", False):
        st.rerun()  # once: there are new runs to be listed


def _watched() -> list[str]:
    return st.query_params.get_all(_WATCHED)


def _known() -> list[Status]:
    return [job for name in _watched() if (job := jobs().get(name)) is not None]


def _bars() -> None:
    known = _known()
    if len(known) == 1 and known[0].state == "done" and known[0].run is not None:
        go("analyze", run=known[0].run)
    for job in known:
        _bar(job)
    if known and all(job.over for job in known):
        if st.button("Close this list", icon=":material/close:"):
            for job in known:
                jobs().forget(job.id)
            del st.query_params[_WATCHED]
            st.rerun()
        if st.session_state.pop("running", False):
            st.rerun()  # once, to stop looking every second
    else:
        st.session_state["running"] = True


def _bar(job: Status, *, stoppable: bool = True) -> None:
    name = plain(job.name)
    if job.state == "done" and job.run is not None:
        link("analyze", f"{name}: done, see the result", run=job.run)
    elif job.state == "failed":
        problem = plain(job.problem)
        said = problem.replace(name, f"**{name}**", 1)
        if said == problem:  # it says nothing of the video
            said = f"**{name}**: {problem}"
        st.error(f"{said}  \n{plain(job.hint)}", icon=":material/error:")
        if job.people:
            _ask(job)
    elif job.state == "cancelled":
        st.info(f"**{name}**: cancelled, nothing is kept.", icon=":material/cancel:")
    else:
        text = "Waiting for another video to finish"
        if job.state == "running":
            left = f", about {_duration(job.remaining_s)} left" if job.remaining_s else ""
            text = f"{_STAGES[job.stage]}{left}"
        st.progress(job.fraction, text=f"**{name}**: {text}")
        if stoppable:
            st.button(
                "Cancel",
                key=f"cancel-{job.id}",
                icon=":material/close:",
                on_click=jobs().cancel,
                args=(job.id,),
            )


def _ask(job: Status) -> None:
    """Which of several people is the runner."""
    if job.picture is not None and job.picture.exists():
        st.image(job.picture, caption="Who is who.", alt="The people in the video, numbered.")
    with st.container(horizontal=True):
        for number in range(1, job.people + 1):
            if st.button(f"Person {number}", key=f"person-{job.id}-{number}"):
                try:
                    started = jobs().choose(job.id, number)
                except GaitError as e:
                    complain(e)
                    return
                watch([started], instead_of=job.id)
                st.rerun()


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(5, 5 * round(seconds / 5))} s"
    return f"{round(seconds / 60)} min"
