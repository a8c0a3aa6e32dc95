"""What a user can say about runner and video, of new videos and of finished runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import streamlit as st
from pydantic import ValidationError
from streamlit.delta_generator import DeltaGenerator

from gait.analysis.interpret.questionnaire import Answers
from gait.analysis.results import Analysis
from gait.io.deletion import own_copy
from gait.io.kept_run import reanalyze, reanalyze_together
from gait.io.run_folder import RunFolder
from gait.io.visit import folders, visit_of
from gait.pose.engines.networks import can_run
from gait.settings import EventEdit, PoseSettings, Said, Settings, refused
from gait.types import GaitError, UsageError
from gait.ui.intake.typed import HEIGHT, SLOWER, SPEED, field
from gait.ui.progress import watch
from gait.ui.site import analysis_of, complain, jobs, plain

_VIEWS: Final = {None: "Find out", "side": "Beside", "rear": "Behind", "front": "In front"}
_DIRECTIONS: Final = {None: "Find out", "left": "To the left", "right": "To the right"}
_SURFACES: Final = {None: "Find out", "treadmill": "Treadmill", "overground": "Ground"}
_MODES: Final = {
    "accurate": "Closely, which takes longer",
    "standard": "As usual",
    "fast": "Fast, 30 frames a second",
}
_SEXES: Final = {None: "Not said", "female": "Female", "male": "Male"}


def about_the_runner(known: Settings, key: str = "") -> tuple[Said, bool]:
    """Widgets for what only the runner knows.

    Everything that was asked, answered or not, and whether all that is typed can be used: what is
    refused stands there as it was known before.
    """
    name, speed = st.columns(2)
    height, sex = st.columns(2)
    runner = name.text_input(
        "Name of the runner",
        known.runner or "",
        max_chars=80,
        help="To find the run again in the library.",
        key=f"{key}runner",
    )
    speed_mps, fast = field(
        speed,
        "Speed, km/h",
        SPEED,
        known.speed_mps,
        f"{key}speed",
        placeholder="as on the treadmill",
        explained="With another unit as well: 3.2 m/s, 6.7 mph or a pace such as 5:30 min/km.",
    )
    height_m, tall = field(
        height,
        "Body height, cm",
        HEIGHT,
        known.height_m,
        f"{key}height",
        explained="Gives centimetres, and compares cadence with runners whose legs are as long. "
        "1.78 m or 5 ft 10 will do as well.",
    )
    chosen = _choice(sex, "Sex", _SEXES, known.sex, f"{key}sex", "Some typical ranges differ.")
    said: Said = {
        "runner": runner.strip() or None,
        "speed_mps": speed_mps,
        "height_m": height_m,
        "sex": chosen,
    }
    return said, fast and tall


def about_the_video(known: Settings, key: str = "") -> tuple[Said, bool]:
    """Widgets for how the video was made.

    As `about_the_runner`.
    """
    left, right = st.columns(2)
    view = _choice(left, "The camera stood", _VIEWS, known.view, f"{key}view")
    direction = _choice(
        right, "In the picture the runner faces", _DIRECTIONS, known.direction, f"{key}direction"
    )
    surface = _choice(left, "Running on", _SURFACES, known.surface, f"{key}surface")
    slower, fit = field(
        right,
        "Slow motion: times slower than life",
        SLOWER,
        known.time_scale,
        f"{key}slower",
        placeholder="Find out",
        explained="1 for a video that plays at normal speed. Left empty, it is found out.",
    )
    blur = st.toggle(
        "Hide the face",
        known.blur_face,
        help="In the drawn video and in reports; the video itself is then not kept here.",
        key=f"{key}blur",
        width="stretch",
    )
    said: Said = {
        "view": view,
        "direction": direction,
        "surface": surface,
        "time_scale": slower,
        "blur_face": blur,
    }
    return said, fit


def how_closely(known: PoseSettings) -> PoseSettings:
    """Widget for the mode of the pose model."""
    offered = {m: name for m, name in _MODES.items() if m != "accurate" or can_run()}
    mode = known.mode if known.mode in offered else "standard"
    explained = "Fast reads 30 frames a second; intervals then are wider."
    chosen = _choice(st.container(), "How closely to look", offered, mode, "mode", explained)
    return known.model_copy(update={"mode": chosen})


def _choice(
    place: DeltaGenerator,
    label: str,
    names: Mapping[Any, str],
    known: Any,
    key: str,
    explained: str | None = None,
) -> Any:
    """A list of values under their names, beginning with the known one."""
    values = list(names)
    return place.selectbox(
        label,
        values,
        values.index(known),
        format_func=names.__getitem__,
        help=explained,
        key=key,
    )


def change(
    run: RunFolder,
    analysis: Analysis,
    *,
    edits: tuple[EventEdit, ...] = (),
    undone: int | None = None,
    answers: Answers | None = None,
    **fields: Any,
) -> None:
    """Analyse a run again with other settings; its pose is kept.

    Parameters
    ----------
    run : RunFolder
        A finished run.
    analysis : Analysis
        As it is now.
    edits : tuple of EventEdit
        Corrections to add.
    undone : int, optional
        Position of a correction to take back.
    answers : mapping of str to str or sequence of str, optional
        To the questionnaire; by default those given before.
    **fields
        Fields of `Settings` to change.

    Raises
    ------
    GaitError
        If nothing can be concluded that way; then the run stays as it was.
    """
    given = analysis.intake if answers is None else answers or None
    if analysis.parts:  # said of the visit: true of every video
        reanalyze_together(run, [_changed(p.settings, fields) for p in analysis.parts], given)
        return
    kept = tuple(e for i, e in enumerate(analysis.settings.edits) if i != undone)
    wanted = _changed(analysis.settings, fields | {"edits": kept + edits})
    visit = visit_of(run)
    if visit is None:
        reanalyze(run, wanted, given)
        return
    settings = [
        wanted if part.video == analysis.video else part.settings
        for part in analysis_of(visit).parts
    ]
    reanalyze_together(visit, settings, given)


def _changed(now: Settings, fields: Mapping[str, Any]) -> Settings:
    try:
        return Settings.model_validate(now.model_dump() | dict(fields))
    except ValidationError as e:
        where, problem = refused(e)
        raise UsageError(f"{where} {problem}.", "Give another value.") from e


def change_settings(run: RunFolder) -> None:
    """Widgets for everything that can be changed without the pose model."""
    analysis = analysis_of(run)
    now = analysis.settings
    key = f"{run.path.name}-"
    st.caption("Everything is computed again at once; the pose model does not run again.")
    wanted, _ = about_the_runner(now, key)
    if not analysis.parts:
        wanted |= about_the_video(now, key)[0]
    before = now.model_dump()
    if any(before[name] != value for name, value in wanted.items()):
        _apply(run, analysis, **wanted)
    if analysis.parts:
        for part in folders(run, analysis):
            name = analysis_of(part).video
            with st.expander(plain(name.name if name else part.path.name)):
                _of_one_video(part)
        return
    if now.edits:
        st.markdown("**Corrections by hand**")
    for i, edit in enumerate(now.edits):
        what, undo = st.columns([4, 1], vertical_alignment="center")
        what.markdown(_words(edit))
        if undo.button("Undo", key=f"undo-{i}", icon=":material/undo:"):
            _apply(run, analysis, undone=i)


def _of_one_video(run: RunFolder) -> None:
    """What can be said of one video of a visit."""
    analysis = analysis_of(run)
    wanted, _ = about_the_video(analysis.settings, f"{run.path.name}-")
    before = analysis.settings.model_dump()
    if any(before[name] != value for name, value in wanted.items()):
        _apply(run, analysis, **wanted)


def _apply(run: RunFolder, analysis: Analysis, **changes: Any) -> None:
    try:
        change(run, analysis, **changes)
        # Drawn at once, after which the video that shows the face goes.
        video = run.video
        if changes.get("blur_face") and not analysis.settings.blur_face and video:
            stays = own_copy(run) is None
            name = analysis.video.name if analysis.video else run.path.name
            watch([jobs().draw(run, name)])
            if stays:
                told = f"Not put there by gaitlens, so it stays and shows the face: {video}"
                st.toast(plain(told), duration="infinite")
    except GaitError as e:
        complain(e)
    else:
        st.rerun()


def _words(edit: EventEdit) -> str:
    event = f"{edit.side} {'strike' if edit.kind == 'strike' else 'toe-off'}"
    at = f"at {edit.video_s:.2f} s of the video"
    match edit.action:
        case "add":
            return f"Added a {event} {at}"
        case "delete":
            return f"Removed the {event} {at}"
        case "swap":
            return f"Gave the {event} {at} to the other foot"
        case "shift":
            return f"Moved the {event} {at} to {edit.to_video_s:.2f} s"
