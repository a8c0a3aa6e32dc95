"""Foot strike and toe-off with sub-frame times and their uncertainty.

In a video from behind or in front they are read off the trunk
(`gait.analysis.events.frontal_detectors`). In a side view all rules work on the same cycles: from
the instant the heel is furthest ahead of the pelvis (late swing) to the instant it is furthest
behind (early swing), between which the foot touches down, carries the runner and leaves the ground
once.
"""

from __future__ import annotations

from dataclasses import asdict, replace

from gait.analysis.events.foot_kinematics import cycles_of, foot_signals
from gait.analysis.events.frontal_detectors import detect_frontal, frontal_activity
from gait.analysis.events.image_crossing import central, uncut
from gait.analysis.events.manual_edits import correct
from gait.analysis.events.sagittal_detectors import OFF_DETECTORS, STRIKE_DETECTORS, Detector
from gait.analysis.events.steady_state import even_pace, stands
from gait.analysis.events.strides import activity, steady, to_strides
from gait.analysis.results import Event, View
from gait.analysis.trial import Trial
from gait.knowledge import knowledge
from gait.types import SIDES, UsageError

__all__ = [
    "OFF_DETECTORS",
    "STRIKE_DETECTORS",
    "activity",
    "central",
    "correct",
    "detect",
    "even_pace",
    "frontal_activity",
    "stands",
    "steady",
    "to_strides",
    "uncut",
]

EDGE_S = 0.02  # an event this near the first or last frame may really lie outside the video
CONTACT_S = (0.08, 1.2)  # no contact of a walking or running person is shorter or longer


def detect(trial: Trial) -> tuple[Event, ...]:
    """Strikes and toe-offs of both feet, in order of time.

    Parameters
    ----------
    trial : Trial
        Its track has hips, ankles, heels and toes, its settings name the detectors of the side
        view; a side view without a direction gives no events.

    Returns
    -------
    tuple of Event
        Only events that were seen: a gap in the track never holds one.

    Raises
    ------
    UsageError
        If a detector of that name does not exist.
    """
    strike = _choose(STRIKE_DETECTORS, trial.settings.strike_detector)
    off = _choose(OFF_DETECTORS, trial.settings.off_detector)
    view, track = trial.view, trial.track.between(*trial.view.window_s)
    if view.plane != "side":
        return _inside(list(detect_frontal(track)), view)
    if view.direction is None:
        return ()
    # Behind the other leg, BlazePose has a foot leave the ground early.
    later_s = knowledge().correction(by_blazepose=track.by_blazepose).off_far_s
    events: list[Event] = []
    for side in SIDES:
        signals = foot_signals(track, view, side)
        if signals is None:
            continue
        for cycle in cycles_of(signals, track):
            struck, left = strike(signals, cycle), off(signals, cycle)
            if left and side == view.far_side:
                left = replace(left, time_s=left.time_s + later_s)
            if struck and left and not CONTACT_S[0] < left.time_s - struck.time_s < CONTACT_S[1]:
                continue
            if struck:
                events.append(Event(kind="strike", side=side, **asdict(struck)))
            if left:
                events.append(Event(kind="off", side=side, **asdict(left)))
    return _inside(events, view)


def _inside(events: list[Event], view: View) -> tuple[Event, ...]:
    start, stop = view.window_s[0] + EDGE_S, view.window_s[1] - EDGE_S
    return tuple(
        sorted((e for e in events if start <= e.time_s <= stop), key=lambda e: (e.time_s, e.side))
    )


def _choose(table: dict[str, Detector], name: str) -> Detector:
    if name not in table:
        raise UsageError(f"There is no detector called {name}.", f"Choose {', '.join(table)}.")
    return table[name]
