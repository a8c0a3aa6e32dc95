"""Several videos at once: a table to correct what is known of each before the work begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, Final

import streamlit as st
from pydantic import ValidationError

from gait.analysis.interpret.questionnaire import Given, evaluate
from gait.batch.session import from_name
from gait.knowledge import knowledge
from gait.sanitize.text import name_key
from gait.settings import Settings, refused
from gait.types import GaitError, UsageError, VideoInfo
from gait.ui.intake import again, questionnaire
from gait.ui.intake.typed import HEIGHT, SPEED
from gait.ui.site import complain, jobs, plain, site
from gait.video import VIDEO_TYPES, probe

_TAKEN: Final = "batch-taken"
_STEADY_S: Final = 10.0
"""Shorter than this, a video has too few strides for most that can be said (`docs/filming.md`)."""

_VIEWS: Final = {"Find out": None, "Side": "side", "Behind": "rear", "In front": "front"}
_SEXES: Final = {"Not said": None, "Female": "female", "Male": "male"}
_ENDINGS: Final = list(VIDEO_TYPES)
_QUANTITIES: Final = {"Speed, km/h": SPEED, "Height, cm": HEIGHT}

Row = dict[str, Any]


def take_in(found: again.Found) -> bool:
    """An uploader, a table of the videos, the answers of their runners, and a button.

    `found` are the runs of the library, latest first: some may be of the same videos. Whether
    videos were just given to be analysed.
    """
    taken = st.session_state.setdefault(_TAKEN, 0)
    videos = st.file_uploader(
        "Videos of several runners",
        type=_ENDINGS,
        accept_multiple_files=True,
        key=f"batch-videos-{taken}",
        help="Names such as anna_side.mp4 fill in the runner and the view.",
    )
    if not videos:
        return False
    st.caption(
        "Correct what is wrong before the work begins. All but the video may stay empty. A speed "
        "may be a pace as well (5:30 min/km), a height have its unit (1.78 m)."
    )
    table = st.data_editor(
        [row_of(video.name, _checked(video)) for video in videos],
        column_config=_columns(),
        hide_index=True,
        num_rows="fixed",
        key=f"batch-table-{taken}-{'-'.join(video.file_id for video in videos)}",
    )
    usable = _say_understood(table)
    again.say([(video, video.name) for video in videos], found)
    answers = _answers(runners(table), taken)
    pressed = st.button(f"Analyze {len(videos)} videos", type="primary", disabled=not usable)
    if not pressed or not usable:
        return False
    try:
        wanted = [settings_of(row, site().defaults) for row in table]
        for video, settings in zip(videos, wanted, strict=True):
            given = answers.get(name_key(settings.runner or ""))
            jobs().analyse(video, video.name, settings, given)
    except GaitError as e:
        complain(e)
        return False
    except ValidationError as e:
        st.error(f"{' '.join(refused(e))}. Correct it in the table.")
        return False
    st.session_state[_TAKEN] += 1  # a new uploader is empty
    return True


def row_of(name: str, check: str) -> Row:
    """What the table says of a video before anybody corrects it."""
    known = from_name(PurePath(name).stem)
    words = {view: title for title, view in _VIEWS.items()}
    return {
        "Video": name,
        "Runner": known.get("runner", ""),
        "View": words[known.get("view")],
        "Speed, km/h": "",
        "Height, cm": "",
        "Sex": "Not said",
        "The file": check,
    }


def settings_of(row: Mapping[str, Any], defaults: Settings) -> Settings:
    """What a row of the table says, over what holds for all videos.

    Raises
    ------
    UsageError
        If a speed or height is none, or out of reach.
    pydantic.ValidationError
        If the name is too long.
    """
    speed, height = _typed(row, "Speed, km/h"), _typed(row, "Height, cm")
    known = {
        "runner": (row["Runner"] or "").strip() or None,
        "view": _VIEWS[row["View"]],
        "speed_mps": SPEED.value(speed) if speed else None,
        "height_m": HEIGHT.value(height) if height else None,
        "sex": _SEXES[row["Sex"]],
    }
    said = {name: value for name, value in known.items() if value is not None}
    return Settings.model_validate(defaults.model_dump() | said)


def understood(row: Mapping[str, Any]) -> tuple[str, str]:
    """What is understood of the numbers of a row, and why one is refused.

    Both in words, and empty where there is nothing to say.
    """
    seen, refusals = [], []
    for title, quantity in _QUANTITIES.items():
        if text := _typed(row, title):
            try:
                seen.append(quantity.words(quantity.value(text)))
            except UsageError as e:
                refusals.append(f"{e.problem} {e.hint}")
    return ", ".join(seen), " ".join(refusals)


def runners(table: Sequence[Mapping[str, Any]]) -> list[str]:
    """The runners of a table, each once, as they are first written."""
    found: dict[str, str] = {}
    for row in table:
        name = (row["Runner"] or "").strip()
        if name:
            found.setdefault(name_key(name), name)
    return list(found.values())


def capture_check(info: VideoInfo) -> str:
    """What can be said of a video without looking at the runner.

    Length, rate and size, then what to do better; never empty.
    """
    rate = info.capture_fps_hz or info.fps_hz
    said = f"{info.duration_s:.0f} s, {rate:.0f} frames/s, {info.width} x {info.height}"
    faults = knowledge().faults
    wanted = [
        "" if info.duration_s >= _STEADY_S else faults["few_strides"].change,
        "" if rate >= faults["frame_rate"].limit else faults["frame_rate"].change,
        "The file is cut off: copy it again." if info.cut_off else "",
    ]
    return " ".join([f"{said}.", *filter(None, wanted)])


def _checked(video: BinaryIO) -> str:
    return _kept_check(video.file_id, video)  # type: ignore[attr-defined]


@st.cache_data(show_spinner="Looking at the files", max_entries=500)
def _kept_check(file_id: str, _video: BinaryIO) -> str:
    """Written to a file for a moment: the library that reads videos wants one."""
    _video.seek(0)
    with TemporaryDirectory(prefix="gait-check-") as folder:
        with (path := Path(folder) / "video").open("wb") as file:  # closed, or Windows refuses it
            copyfileobj(_video, file, 1 << 20)
        _video.seek(0)
        try:
            return capture_check(probe(path))
        except GaitError as e:
            return f"Cannot be read. {e.hint}"


def _columns() -> dict[str, Any]:
    return {
        "Video": st.column_config.TextColumn(disabled=True, pinned=True),
        "Runner": st.column_config.TextColumn(max_chars=80),
        "View": st.column_config.SelectboxColumn(options=list(_VIEWS), required=True),
        # As text: where a point is meant, a column of numbers takes the comma out of "10,8".
        **dict.fromkeys(_QUANTITIES, st.column_config.TextColumn(max_chars=40)),
        "Sex": st.column_config.SelectboxColumn(options=list(_SEXES), required=True),
        "The file": st.column_config.TextColumn(disabled=True, width="large"),
    }


def _typed(row: Mapping[str, Any], title: str) -> str:
    return str(row[title] or "").strip()


def _say_understood(table: Sequence[Mapping[str, Any]]) -> bool:
    """Say what is understood of the numbers that were typed; whether all can be used."""
    usable = True
    lines = []
    for row in table:
        seen, refusal = understood(row)
        if seen:
            lines.append(f"{row['Video']}: {seen}")
        if refusal:
            st.error(plain(f"{row['Video']}: {refusal}"), icon=":material/error:")
            usable = False
    if lines:
        st.caption("  \n".join(map(plain, lines)))
    return usable


def _answers(names: Sequence[str], taken: int) -> dict[str, Given]:
    """The answers of each runner; what is urgent is said at once."""
    if not names:
        return {}
    with st.expander("Does anything hurt? Ask each runner", icon=":material/healing:"):
        chosen = st.pills("Runner", names, default=names[0], key=f"batch-runner-{taken}")
        if chosen is not None:
            st.markdown(f"**{plain(chosen)}**")
            questionnaire.questionnaire({}, _key(chosen, taken))
    kept = {name_key(name): questionnaire.kept(_key(name, taken)) for name in names}
    urgent = [n for n in names if evaluate(kept[name_key(n)]).gait_advice_withheld]
    if urgent:
        st.error(f"To be seen first: {plain(', '.join(urgent))}.", icon=":material/emergency_home:")
    return {name: given for name, given in kept.items() if given}


def _key(runner: str, taken: int) -> str:
    return f"batch-{taken}-{name_key(runner)}-"
